package dev.filo.platform.feed;

import com.google.protobuf.Any;
import com.google.protobuf.StringValue;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.grpc.AccessInterceptor;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.FieldRules;
import dev.filo.platform.grpc.GrpcServer;
import dev.filo.platform.grpc.Rules;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.feed.v1.Event;
import dev.filo.testkit.TestMongo;
import dev.filo.testkit.TestTokens;
import io.grpc.BindableService;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * What the tests of feeds have in common: events, and a server in this JVM with a channel to it.
 */
final class Things {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  static final TestTokens TOKENS = TestTokens.byTheSystemClock();

  private Things() {}

  /** An event of {@code things/<thing>} with this id. */
  static Event event(String thing, String id) {
    return Event.newBuilder()
        .setId(id)
        .setSource("filo/test")
        .setType("google.protobuf.StringValue")
        .setSubject("things/" + thing)
        .setData(Any.pack(StringValue.of(id)))
        .build();
  }

  /** All events of a feed. */
  static List<FeedStore.Positioned> all(FeedStore feed) {
    var all = feed.after(0, 100_000).block(PATIENCE);
    return all == null ? List.of() : all;
  }

  /** The ids of all events of a feed, in its order. */
  static List<String> ids(FeedStore feed) {
    return all(feed).stream().map(one -> one.event().getId()).toList();
  }

  /** Something that is served, reached as a service of the suite reaches another. */
  record Served(GrpcServer server, Channels channels) implements AutoCloseable {
    static Served of(BindableService service) {
      var listen = Channels.IN_PROCESS + UUID.randomUUID();
      var access =
          new AccessInterceptor(
              Rules.of(List.of(service)),
              TOKENS.verifier(),
              new SubjectAliases(TestMongo.embedded().client().getDatabase("no_aliases")),
              new FieldRules());
      var server = new GrpcServer(listen, Duration.ZERO, List.of(service), List.of(access));
      server.start();
      return new Served(
          server,
          new Channels(name -> listen, TOKENS.bearer(Role.ROLE_SERVICE, "services/follower")));
    }

    @Override
    public void close() {
      channels.destroy();
      server.stop();
    }
  }
}
