package dev.filo.bench;

import com.mongodb.reactivestreams.client.MongoClient;
import java.time.Duration;
import reactor.core.publisher.Flux;

/**
 * What all measurements of a run share.
 *
 * @param uri the same MongoDB, for what has a client of its own
 * @param database the name of a database of this run's own
 * @param clients how many ask at once
 * @param round how long each side of a comparison is measured before the other one is
 * @param rounds how often both are
 */
record Setting(
    MongoClient mongo, String uri, String database, int clients, Duration round, int rounds) {
  private static final Duration WAIT = Duration.ofMinutes(2);

  /** The same with another number of clients. */
  Setting by(int others) {
    return new Setting(mongo, uri, database, others, round, rounds);
  }

  /** Drops all databases whose names begin so. */
  void drop(String prefix) {
    Flux.from(mongo.listDatabaseNames())
        .filter(name -> name.startsWith(prefix))
        .concatMap(name -> mongo.getDatabase(name).drop())
        .then()
        .block(WAIT);
  }
}
