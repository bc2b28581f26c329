package dev.filo.testkit;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoDatabase;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

/** A client of an engine that records which commands are sent through it. Thread-safe. */
public final class RecordedCommands implements AutoCloseable {
  private final Collection<String> seen = new ConcurrentLinkedQueue<>();
  private final MongoClient client;

  /**
   * Connects.
   *
   * @param recorded whether a command counts, by its name: {@code find}
   */
  public RecordedCommands(TestMongo.Engine engine, Predicate<String> recorded) {
    client =
        MongoClients.create(
            MongoClientSettings.builder()
                .applyConnectionString(new ConnectionString(engine.uri()))
                .addCommandListener(
                    new CommandListener() {
                      @Override
                      public void commandStarted(CommandStartedEvent event) {
                        if (recorded.test(event.getCommandName())) {
                          seen.add(event.getCommandName());
                        }
                      }
                    })
                .build());
  }

  /** A database, through this client. */
  public MongoDatabase database(String name) {
    return client.getDatabase(name);
  }

  /** What was sent since the start or since it was cleared, in order. */
  public Collection<String> seen() {
    return seen;
  }

  @Override
  public void close() {
    client.close();
  }
}
