package dev.filo.admin.data;

import com.mongodb.reactivestreams.client.MongoClient;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.bson.Document;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What every service is to compare with the others, a document each in its own database; the
 * services' side is {@code dev.filo.platform.reconcile.Reconciliations}.
 */
final class Reconciling {
  private static final String COLLECTION = "reconciliations";
  private static final SecureRandom RANDOM = new SecureRandom();

  private Reconciling() {}

  /** Says to every service there is what to do. */
  static void open(Databases databases, MongoClient client, String reason, Instant since) {
    var bytes = new byte[8];
    RANDOM.nextBytes(bytes);
    var id = HexFormat.of().formatHex(bytes);
    var now = Date.from(Instant.now());
    for (String service : databases.present(client)) {
      Mono.from(
              databases
                  .of(client, service)
                  .getCollection(COLLECTION)
                  .insertOne(
                      new Document("_id", id)
                          .append("reason", reason)
                          .append("openTime", now)
                          .append("since", Date.from(since))
                          .append("due", now)))
          .block(Databases.PATIENCE);
    }
  }

  /** What a service has done, or has to do. */
  record State(String service, Document document) {
    boolean isDone() {
      return document.containsKey("doneTime");
    }
  }

  /** The newest of each service, and all that are not done. */
  static List<State> states(Databases databases, MongoClient client) {
    var states = new ArrayList<State>();
    for (String service : databases.present(client)) {
      var all =
          Objects.requireNonNull(
              Flux.from(
                      databases
                          .of(client, service)
                          .getCollection(COLLECTION)
                          .find()
                          .sort(new Document("openTime", -1))
                          .limit(100))
                  .map(document -> new State(service, document))
                  .collectList()
                  .block(Databases.PATIENCE));
      for (int i = 0; i < all.size(); i++) {
        if (i == 0 || !all.get(i).isDone()) {
          states.add(all.get(i));
        }
      }
    }
    return states;
  }
}
