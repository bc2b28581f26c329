package dev.filo.platform.reconcile;

import static com.mongodb.client.model.Filters.exists;

import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.auth.SubjectMerges;
import dev.filo.platform.grpc.Calls;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.mongo.Docs;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.identity.v1.GetCustomerRequest;
import dev.filo.proto.identity.v1.IdentityServiceGrpc;
import org.bson.Document;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Compares the aliases a service has learned with what identity says of each now. A merge that
 * identity knows nothing of any more is taken back, as an unmerge would; one that it has made since
 * is followed by its feed. Thread-safe.
 */
public final class Aliases {
  private static final int AT_ONCE = 8;

  private final MongoCollection<Document> aliases;
  private final SubjectMerges merges;
  private final Channels channels;

  /** Compares what a service keeps in its own database. */
  public Aliases(MongoDatabase database, SubjectMerges merges, Channels channels) {
    this.aliases = database.getCollection("aliases");
    this.merges = merges;
    this.channels = channels;
  }

  /** A value for each merge or unmerge that was made up for. */
  public Flux<String> reconcile() {
    // Those that are their own again come first: what is left of a chain is right then.
    return Flux.concat(
        found()
            .filter(one -> one.isOwn() && !one.learned.isOwn())
            .concatMap(
                one ->
                    merges
                        .unmerged(one.learned.subject, one.learned.alias)
                        .thenReturn("merge taken back")),
        found()
            .filter(one -> !one.isOwn() && one.learned.isOwn())
            .concatMap(
                one ->
                    merges
                        .merged(one.customer, one.learned.alias)
                        .thenReturn("merge made up for")));
  }

  private Flux<Found> found() {
    return Flux.from(aliases.find(exists("subject")))
        .map(row -> new Learned(row.getString("_id"), Docs.string(row, "subject")))
        .flatMap(one -> now(one.alias).map(is -> new Found(one, is)), AT_ONCE);
  }

  /** The customer an alias is now; empty when identity knows neither. */
  private Mono<String> now(String alias) {
    return Calls.unary(
            channels.asService(IdentityServiceGrpc.newStub(channels.to("identity"))),
            IdentityServiceGrpc.IdentityServiceStub::getCustomer,
            GetCustomerRequest.newBuilder().setName(alias).build())
        .map(Customer::getName)
        .onErrorResume(Statuses::isNotFound, error -> Mono.empty());
  }

  private record Learned(String alias, String subject) {
    boolean isOwn() {
      return alias.equals(subject);
    }
  }

  private record Found(Learned learned, String customer) {
    boolean isOwn() {
      return learned.alias.equals(customer);
    }
  }
}
