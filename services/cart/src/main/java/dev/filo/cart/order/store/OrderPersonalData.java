package dev.filo.cart.order.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Filters.or;
import static com.mongodb.client.model.Projections.exclude;
import static com.mongodb.client.model.Projections.include;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.unset;

import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.cart.order.domain.Order;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.privacy.ExportDocuments;
import dev.filo.platform.privacy.PersonalData;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.bson.Document;
import org.bson.conversions.Bson;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Orders: what has not left yet is cancelled and what was paid for it goes back; then all of them
 * stay as what was sold, of nobody and to no address.
 */
public final class OrderPersonalData implements PersonalData {
  private static final List<String> UNDER_WAY =
      List.of(
          Order.State.PLACING.name(),
          Order.State.AWAITING_PAYMENT.name(),
          Order.State.PLACED.name());

  private final MongoCollection<Document> orders;
  private final MongoCollection<Document> notices;
  private final Function<String, Mono<Void>> cancel;

  /**
   * Those in the service's database.
   *
   * @param cancel cancels an order by its id if it still can be, with all that follows
   */
  public OrderPersonalData(MongoDatabase database, Function<String, Mono<Void>> cancel) {
    this.orders = database.getCollection("orders");
    this.notices = database.getCollection("paymentEvents");
    this.cancel = cancel;
  }

  private static Bson hers(Set<String> customers) {
    return or(in(OrderDocuments.CUSTOMER, customers), in(OrderDocuments.ORIGINAL, customers));
  }

  @Override
  public Flux<Part> export(Set<String> customers) {
    return ExportDocuments.of(
        "orders", orders.find(hers(customers)).projection(exclude(Outbox.FIELD, Outbox.SINCE)));
  }

  @Override
  public Mono<List<Treatment>> preview(Set<String> customers) {
    return Mono.from(orders.countDocuments(hers(customers)))
        .map(count -> List.of(new Treatment("orders", Kind.ANONYMISED, count, "tax_law")));
  }

  @Override
  public Mono<Void> erase(Set<String> customers) {
    return Flux.from(
            orders
                .find(and(hers(customers), in(OrderDocuments.STATE, UNDER_WAY)))
                .projection(include("_id")))
        .concatMap(open -> cancel.apply(open.getString("_id")))
        .then(Mono.defer(() -> Mono.from(orders.countDocuments(unfinished(customers)))))
        .flatMap(
            left ->
                left > 0 // money goes back, or goods leave, at this moment: that ends first
                    ? Mono.<Void>error(Statuses.unavailable("An order"))
                    : anonymise(customers));
  }

  private static Bson unfinished(Set<String> customers) {
    return and(
        hers(customers), or(in(OrderDocuments.STATE, UNDER_WAY), exists(MongoOrderStore.DUE)));
  }

  /** What the provider wrote about a payment goes; that there was one, and how much, stays. */
  private Mono<Void> anonymise(Set<String> customers) {
    return Flux.from(orders.find(hers(customers)).projection(include("_id")))
        .map(order -> order.getString("_id"))
        .collectList()
        .flatMap(
            ids ->
                Mono.from(
                    notices.updateMany(and(in("order", ids), ne("body", null)), unset("body"))))
        .then(
            Mono.from(
                orders.updateMany(
                    hers(customers),
                    combine(
                        set(OrderDocuments.CUSTOMER, ""),
                        set(OrderDocuments.ORIGINAL, ""),
                        set(OrderDocuments.LISTED, false),
                        unset("address"),
                        set("requestHash", ""),
                        inc(OrderDocuments.VERSION, 1L)))))
        .then();
  }

  @Override
  public Flux<String> subjects(Set<String> customers) {
    return Flux.from(orders.find(hers(customers)).projection(include("_id")))
        .map(order -> "orders/" + order.getString("_id"));
  }
}
