package dev.filo.cart.store;

import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.or;
import static com.mongodb.client.model.Filters.regex;

import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.privacy.ExportDocuments;
import dev.filo.platform.privacy.PersonalData;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.bson.Document;
import org.bson.conversions.Bson;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Carts and the links to copies of them: nothing of a cart is worth anything without her. */
public final class CartPersonalData implements PersonalData {
  private final MongoCollection<Document> carts;
  private final MongoCollection<Document> pages;
  private final MongoCollection<Document> links;

  /** Those in the service's database. */
  public CartPersonalData(MongoDatabase database) {
    this.carts = database.getCollection("carts");
    this.pages = database.getCollection("operations");
    this.links = database.getCollection("links");
  }

  @Override
  public Flux<Part> export(Set<String> customers) {
    return Flux.concat(
        ExportDocuments.of("carts", carts.find(in("_id", customers))),
        ExportDocuments.of("links", links.find(linked(customers))));
  }

  @Override
  public Mono<List<Treatment>> preview(Set<String> customers) {
    return Mono.zip(
        Mono.from(carts.countDocuments(in("_id", customers))),
        Mono.from(links.countDocuments(linked(customers))),
        (cart, link) -> List.of(Treatment.gone("carts", cart), Treatment.gone("cart_links", link)));
  }

  @Override
  public Mono<Void> erase(Set<String> customers) {
    return Flux.fromIterable(customers)
        .concatMap(name -> pages.deleteMany(regex("_id", "^" + Pattern.quote(name + "/"))))
        .then(Mono.from(links.deleteMany(linked(customers))))
        .then(Mono.from(carts.deleteMany(in("_id", customers))))
        .then();
  }

  private static Bson linked(Set<String> customers) {
    return or(in("owner", customers), in("maker", customers));
  }

  @Override
  public Flux<String> subjects(Set<String> customers) {
    return Flux.fromIterable(customers).map(name -> name + "/cart");
  }
}
