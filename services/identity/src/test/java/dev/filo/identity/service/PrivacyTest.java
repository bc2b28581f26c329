package dev.filo.identity.service;

import static dev.filo.identity.service.Recognised.PATIENCE;
import static dev.filo.identity.service.Recognised.proven;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.Erasure;
import dev.filo.identity.domain.IdentifierKey.Type;
import dev.filo.identity.domain.Refusal;
import dev.filo.identity.store.IdentityPersonalData;
import dev.filo.identity.store.MongoAuditStore;
import dev.filo.identity.store.MongoCustomerStore;
import dev.filo.identity.store.MongoErasureStore;
import dev.filo.identity.store.MongoSignInStore;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.auth.SubjectMerges;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.feed.FeedTail;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.privacy.Erasures;
import dev.filo.platform.privacy.FeedScrubber;
import dev.filo.platform.privacy.GrpcPrivacyService;
import dev.filo.platform.privacy.PersonalData;
import dev.filo.platform.privacy.PersonalData.Treatment;
import dev.filo.platform.privacy.Tombstones;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.privacy.v1.EraseResponse;
import dev.filo.proto.privacy.v1.ExportResponse;
import dev.filo.proto.privacy.v1.PreviewResponse;
import dev.filo.testkit.MortalMongo;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The saga that erases people, over a real store. */
@StoreTest
class PrivacyTest {
  private static final Duration SETTLE = Duration.ofSeconds(15);
  private static final String MANAGER = "staff/manager@filo.example";

  private final MongoDatabase database;
  private final Recognised world;
  private int person;

  PrivacyTest(MongoDatabase database) {
    this.database = database;
    this.world = new Recognised(database);
    new MongoErasureStore(database).prepare();
    new MongoAuditStore(database).prepare();
    new MongoSignInStore(database).prepare();
    identityData(database).prepare();
  }

  private IdentityPersonalData identityData(MongoDatabase seen) {
    return new IdentityPersonalData(seen, session -> Mono.empty(), world.clock);
  }

  /** Identity, over a database, and a shop that is not always there. */
  private final class Services implements Participants {
    final Erasures identity;
    final List<String> asked = new ArrayList<>();
    int failures;

    Services(MongoDatabase seen) {
      List<PersonalData> kinds = List.of(identityData(seen));
      var merges =
          new SubjectMerges(
              new SubjectAliases(seen), Stream::of, Stream::of, gone -> false, world.clock);
      identity =
          new Erasures(
              seen,
              kinds,
              merges,
              new Tombstones(seen, world.clock),
              new FeedScrubber(seen),
              world.clock);
    }

    @Override
    public List<String> services() {
      return List.of("identity", "shop");
    }

    @Override
    public Flux<ExportResponse> export(String service, List<String> customers) {
      return Flux.empty();
    }

    @Override
    public Mono<PreviewResponse> preview(String service, List<String> customers) {
      return identity
          .preview(new LinkedHashSet<>(customers))
          .map(
              found ->
                  PreviewResponse.newBuilder()
                      .addAllTreatments(found.stream().map(GrpcPrivacyService::message).toList())
                      .build());
    }

    @Override
    public Mono<EraseResponse> erase(
        String service, List<String> customers, String erasure, int round) {
      asked.add(service + round);
      if (service.equals("shop")) {
        return failures-- > 0
            ? Mono.error(Statuses.unavailable("The shop"))
            : Mono.just(
                EraseResponse.newBuilder()
                    .addTreatments(
                        GrpcPrivacyService.message(Treatment.gone("carts", customers.size())))
                    .build());
      }
      return identity
          .erase(new LinkedHashSet<>(customers), erasure, round)
          .map(
              receipt ->
                  EraseResponse.newBuilder()
                      .addAllTreatments(
                          receipt.treatments().stream().map(GrpcPrivacyService::message).toList())
                      .build());
    }
  }

  private Privacy privacy(MongoDatabase seen, Participants services) {
    var secrets = new Secrets("a secret of sixteen");
    var feed = new FeedStore(seen);
    var relay =
        new Relay(
            feed,
            new FeedTail(feed, new Changes(), Duration.ofSeconds(1), event -> List.of()),
            world.clock);
    var customers = new MongoCustomerStore(seen, relay);
    return new Privacy(
        new MongoErasureStore(seen),
        customers,
        new Customers(customers, world.over(customers), world.clock),
        new SignIns(
            new MongoSignInStore(seen),
            new CodeMail(List.of(), "Filo"),
            secrets,
            new SignIns.Limits(Duration.ofMinutes(10), 5, 5, 50, Duration.ofMinutes(15)),
            world.clock),
        new AuditLog(new MongoAuditStore(seen), secrets),
        services,
        secrets,
        new Privacy.Times(SETTLE, Duration.ofHours(1)),
        world.clock);
  }

  private static Privacy.Asked byManager(String reason) {
    return new Privacy.Asked(MANAGER, true, "", "", "", reason, "request");
  }

  private String email() {
    return "julia" + person + "@example.com";
  }

  private String phone() {
    return "+3934712%05d".formatted(person);
  }

  /** Somebody who turned out to be one with another. */
  private Customer somebody() {
    person++;
    world.resolve(proven(Type.EMAIL, email()));
    world.clock.advance(Duration.ofSeconds(1));
    world.resolve(proven(Type.PHONE, phone()));
    world.clock.advance(Duration.ofSeconds(1));
    return world.resolve(proven(Type.EMAIL, email()), proven(Type.PHONE, phone()));
  }

  /** As long as something is due, whatever the clock has to say. */
  private Erasure finish(Privacy privacy, String name) {
    for (int i = 0; i < 20; i++) {
      var now = privacy.get(name).blockOptional(PATIENCE).orElseThrow();
      if (now.isDone()) {
        return now;
      }
      world.clock.advance(Duration.ofMinutes(1));
      privacy.conduct().block(PATIENCE);
    }
    throw new AssertionError("the erasure does not end");
  }

  private boolean mentions(String text) {
    return Flux.fromIterable(
            List.of("customers", "claims", "mergeCases", "erasure_sagas", "erasures", "sign_ins"))
        .concatMap(collection -> database.getCollection(collection).find())
        .any(document -> document.toJson().contains(text))
        .blockOptional(PATIENCE)
        .orElseThrow();
  }

  private List<Document> audited(String customer) {
    return Flux.from(database.getCollection("audit_log").find(new Document("subject", customer)))
        .collectList()
        .blockOptional(PATIENCE)
        .orElseThrow();
  }

  @Test
  void erase_asksEachServiceTwiceAndLeavesNothing() {
    var julia = somebody();
    assertThat(mentions(email())).as("before").isTrue();
    var services = new Services(database);
    services.failures = 2;
    var privacy = privacy(database, services);
    var begun =
        privacy.erase(julia.name(), byManager("by letter")).blockOptional(PATIENCE).orElseThrow();
    assertThat(begun.isDone()).isFalse();
    assertThat(world.customers.current(julia.id()).blockOptional(PATIENCE)).isEmpty();
    assertThat(mentions(email())).isFalse();
    var done = finish(privacy, begun.name());
    assertThat(done.customers()).hasSize(2).startsWith(julia.name());
    assertThat(services.asked)
        .containsExactly("identity1", "shop1", "shop1", "shop1", "identity2", "shop2");
    assertThat(done.receipts()).containsOnlyKeys("identity", "shop");
    assertThat(mentions(phone().substring(1))).isFalse();
    assertThat(audited(julia.name()))
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.getString("action")).isEqualTo("customer.erase");
              assertThat(entry.toJson()).contains("by letter", begun.name());
            });
    assertThat(world.told(julia.id()))
        .filteredOn(event -> event.getType().equals("filo.identity.v1.CustomerErased"))
        .hasSize(1);
    // Whoever comes with her address is somebody else.
    var newcomer = world.resolve(proven(Type.EMAIL, email()), proven(Type.PHONE, phone()));
    assertThat(done.customers()).doesNotContain(newcomer.name());
    assertThat(newcomer.links()).hasSize(2);
  }

  @Test
  void erase_killedAnywhere_isFinishedByAnother() {
    int deaths = 0;
    for (int at = 1; ; at++) {
      var julia = somebody();
      var mortal = new MortalMongo(at);
      var seen = mortal.wrap(database);
      var dying = privacy(seen, new Services(seen));
      dying.erase(julia.name(), byManager("by letter")).onErrorComplete().block(PATIENCE);
      for (int i = 0; i < 3; i++) {
        world.clock.advance(Duration.ofSeconds(20));
        dying.conduct().onErrorComplete().block(PATIENCE);
      }
      var alive = privacy(database, new Services(database));
      var begun =
          alive.erase(julia.name(), byManager("by letter")).blockOptional(PATIENCE).orElseThrow();
      var done = finish(alive, begun.name());
      var what = "killed at write " + at;
      assertThat(done.customers()).as(what).hasSize(2);
      assertThat(done.receipts()).as(what).containsOnlyKeys("identity", "shop");
      assertThat(counts(done))
          .as(what)
          .contains("profiles=2", "identifiers=3", "audit_entries=1", "carts=2");
      assertThat(mentions(email())).as(what).isFalse();
      assertThat(audited(julia.name())).as(what).hasSize(1);
      assertThat(world.told(julia.id()))
          .as(what)
          .filteredOn(event -> event.getType().equals("filo.identity.v1.CustomerErased"))
          .hasSize(1);
      if (!mortal.died()) {
        break;
      }
      deaths++;
    }
    assertThat(deaths).as("writes of an erasure").isGreaterThan(15);
  }

  private static List<String> counts(Erasure erasure) {
    var counts = new ArrayList<String>();
    erasure
        .receipts()
        .values()
        .forEach(
            receipt -> {
              try {
                EraseResponse.parseFrom(receipt)
                    .getTreatmentsList()
                    .forEach(one -> counts.add(one.getCategory() + "=" + one.getCount()));
              } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                throw new AssertionError(e);
              }
            });
    return counts;
  }

  @Test
  void erase_repeated_isTheSame_andOtherwiseRefused() {
    var julia = somebody();
    var privacy = privacy(database, new Services(database));
    var first =
        privacy.erase(julia.name(), byManager("by letter")).blockOptional(PATIENCE).orElseThrow();
    finish(privacy, first.name());
    var again =
        privacy.erase(julia.name(), byManager("by letter")).blockOptional(PATIENCE).orElseThrow();
    assertThat(again.name()).isEqualTo(first.name());
    assertRefused(privacy.erase(julia.name(), byManager("other")), Refusal.RequestReused.class);
  }

  @Test
  void erase_withoutReasonOrCode_isRefusedAndChangesNothing() {
    var julia = somebody();
    var account =
        world
            .recognition
            .change(julia.id(), Customer::withAccount, Recognised.AGENT)
            .blockOptional(PATIENCE)
            .orElseThrow();
    var privacy = privacy(database, new Services(database));
    assertRefused(privacy.erase(account.name(), byManager(" ")), Refusal.FieldMissing.class);
    var herself = new Privacy.Asked(account.name(), false, "session", "", "", "", "r");
    assertRefused(privacy.erase(account.name(), herself), Refusal.ConfirmationNeeded.class);
    assertRefused(privacy.export(account.name(), herself), Refusal.ConfirmationNeeded.class);
    var wrong =
        new Privacy.Asked(account.name(), false, "session", "signIns/none", "123456", "", "r");
    assertRefused(privacy.erase(account.name(), wrong), Refusal.SignInExpired.class);
    assertThat(world.now(julia.id()).links()).isNotEmpty();
    assertRefused(privacy.get("erasures/none"), Refusal.ErasureUnknown.class);
  }

  @Test
  void export_isForItsSessionAndAnHour() {
    var julia = somebody(); // a guest: her session is all she has
    var privacy = privacy(database, new Services(database));
    var ticket =
        privacy
            .export(julia.name(), new Privacy.Asked(julia.name(), false, "mine", "", "", "", "r"))
            .blockOptional(PATIENCE)
            .orElseThrow();
    var name = julia.name() + "/exports/" + ticket.id();
    assertThat(privacy.redeem(name, "mine").block(PATIENCE)).hasSize(2);
    assertRefused(privacy.redeem(name, "other"), Refusal.ExportUnknown.class);
    assertRefused(privacy.redeem(name, ""), Refusal.ExportUnknown.class);
    assertRefused(
        privacy.redeem("customers/other/exports/" + ticket.id(), "mine"),
        Refusal.ExportUnknown.class);
    world.clock.advance(Duration.ofHours(1));
    assertRefused(privacy.redeem(name, "mine"), Refusal.ExportUnknown.class);
  }

  private static void assertRefused(Mono<?> call, Class<? extends Refusal> why) {
    assertThatThrownBy(() -> call.block(PATIENCE))
        .isInstanceOfSatisfying(
            RefusedException.class, refused -> assertThat(refused.refusal()).isInstanceOf(why));
  }
}
