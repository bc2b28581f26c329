package dev.filo.reservation;

import static dev.filo.reservation.ReservationFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.model.Filters;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.grpc.Times;
import dev.filo.platform.mongo.Docs;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.reservation.v1.JoinWaitlistRequest;
import dev.filo.proto.reservation.v1.WaitlistEntry;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.store.ReservationDocuments;
import dev.filo.reservation.waitlist.service.Waitlists;
import dev.filo.testkit.MortalMongo;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A process dies after each of its writes, or its call to inventory fails before or after it had
 * its effect; another goes on. Then all agree: each offer and each reservation has its hold and no
 * hold is without one, nobody is lost or there twice, nobody stands before pieces she is not
 * offered, and what counts against limits is what is open.
 */
@StoreTest
class WaitlistCrashTest {
  private final ReservationFixture fixture;
  private int run;

  WaitlistCrashTest(MongoDatabase database) {
    fixture = new ReservationFixture(database);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  /** What a run begins with. */
  private final class Shop {
    final String sku = "S" + run;
    final String first = "customers/first" + run;
    final String second = "customers/second" + run;

    Caller as(String customer) {
      return new Caller(
          customer, Set.of(Role.ROLE_CUSTOMER), List.of(), "c", "web", "", "", "", "s", "t");
    }

    Mono<WaitlistEntry> join(Waitlists waitlists, String customer) {
      return waitlists.join(
          JoinWaitlistRequest.newBuilder()
              .setStore("stores/milano")
              .setSku(sku)
              .setQuantity(2)
              .setRequestId("join " + run)
              .build(),
          as(customer));
    }

    WaitlistEntry joined(String customer) {
      return Objects.requireNonNull(join(fixture.waitlists, customer).block(PATIENCE));
    }

    String id(String customer) {
      var entries = entries(customer);
      assertThat(entries).hasSize(1);
      return entries.getFirst().getName().substring("waitlistEntries/".length());
    }

    List<WaitlistEntry> entries(String customer) {
      return Objects.requireNonNull(fixture.waitlists.list(customer, 0, 100).block(PATIENCE))
          .getEntriesList();
    }

    void stock(int pieces) {
      fixture.warehouse.stock(sku, "milano", pieces);
    }

    String key() {
      return sku + "@milano";
    }
  }

  private void survives(Consumer<Shop> before, Function<Shop, Function<Waitlists, Mono<?>>> what) {
    for (int at = 1; ; at++) {
      run++;
      var shop = new Shop();
      before.accept(shop);
      var mortal = new MortalMongo(at);
      end(what.apply(shop).apply(fixture.lines(mortal.wrap(fixture.database()))));
      allAgree(shop, "write " + at);
      if (!mortal.died()) {
        assertThat(at).isGreaterThan(1);
        break;
      }
    }
    for (boolean after : List.of(false, true)) {
      for (int at = 1; ; at++) {
        run++;
        var shop = new Shop();
        before.accept(shop);
        fixture.warehouse.failAt(at, after);
        end(what.apply(shop).apply(fixture.waitlists));
        boolean failed = fixture.warehouse.failed();
        fixture.warehouse.failAt(0, false);
        allAgree(shop, "call " + at + (after ? " after" : " before"));
        if (!failed) {
          break;
        }
      }
    }
  }

  private static void end(Mono<?> command) {
    command.then().onErrorResume(e -> Mono.empty()).block(PATIENCE);
  }

  private void allAgree(Shop shop, String where) {
    var other = fixture.lines(fixture.database());
    for (int look = 0;
        look < 2;
        look++) { // what is left of a step, then what it had to come before
      fixture.clock.advance(Duration.ofSeconds(9));
      Flux.range(0, 3).concatMap(i -> other.sweep()).blockLast(PATIENCE);
    }
    var now = fixture.clock.instant();
    var list = find("waitlists", shop.key());
    var line = list == null ? List.<Document>of() : Docs.list(list, "line");
    if (list != null) {
      assertThat(Docs.list(list, "ended")).as(where).isEmpty();
    }
    assertThat(line)
        .as(where)
        .extracting(entry -> entry.getString("state"))
        .isSubsetOf("WAITING", "OFFERED");
    assertThat(line).as(where).extracting(e -> e.getString("customer")).doesNotHaveDuplicates();

    // each hold is an offer's or a reservation's
    var promised = new ArrayList<String>();
    for (Document entry : line) {
      if (entry.getString("state").equals("OFFERED")) {
        var offer = entry.get("offer", Document.class);
        promised.add(promise(Docs.number(offer, "quantity"), Docs.instant(offer, "expireTime")));
      }
    }
    reservations(shop)
        .filter(one -> one.stateAt(now).isOpen())
        .forEach(one -> promised.add(promise(one.units(), one.expireTime())));
    assertThat(
            fixture.warehouse.active().stream()
                .filter(held -> held.sku().equals(shop.sku))
                .map(held -> promise(held.units(), held.expireTime())))
        .as(where)
        .containsExactlyInAnyOrderElementsOf(promised);
    assertThat(reservations(shop)).as(where).noneMatch(one -> isPending(one));

    // nobody stands before pieces she is not offered
    if (line.stream().anyMatch(entry -> entry.getString("state").equals("WAITING"))) {
      assertThat(fixture.warehouse.available(shop.sku, "milano")).as(where).isZero();
    }
    // nobody is lost or there twice, and what counts is what is open
    for (String customer : List.of(shop.first, shop.second)) {
      var entries = shop.entries(customer);
      var open =
          entries.stream()
              .filter(
                  entry ->
                      entry.getState() == WaitlistEntry.State.WAITING
                          || entry.getState() == WaitlistEntry.State.OFFERED)
              .count();
      assertThat(open).as(where).isLessThanOrEqualTo(1);
      assertThat(claims("waitlist:" + customer)).as(where).isEqualTo(open);
      assertThat(line)
          .as(where)
          .filteredOn(entry -> entry.getString("customer").equals(customer))
          .hasSize((int) open);
      for (WaitlistEntry entry : entries) {
        if (entry.getState() == WaitlistEntry.State.TAKEN) {
          assertThat(reservations(shop).map(one -> "reservations/" + one.id()))
              .as(where)
              .contains(entry.getReservation());
        }
      }
    }
    // clear the shelf for the next run
    shop.stock(0);
    line.forEach(
        entry -> end(other.leave(entry.getString("id"), shop.as(entry.getString("customer")))));
  }

  private static boolean isPending(Reservation reservation) {
    return reservation.state() instanceof Reservation.State.Pending;
  }

  private static String promise(long units, Instant end) {
    return units + " until " + end;
  }

  private @org.jspecify.annotations.Nullable Document find(String collection, String id) {
    return Mono.from(
            fixture.database().getCollection(collection).find(Filters.eq("_id", id)).first())
        .block(PATIENCE);
  }

  private long claims(String whose) {
    var found = find("quotas", whose);
    return found == null ? 0 : Docs.list(found, "open").size();
  }

  private Stream<Reservation> reservations(Shop shop) {
    return Objects.requireNonNull(
        Flux.from(fixture.database().getCollection("reservations").find())
            .map(ReservationDocuments::read)
            .filter(one -> one.lines().getFirst().sku().equals(shop.sku))
            .collectList()
            .block(PATIENCE))
        .stream();
  }

  @Test
  void join() {
    survives(shop -> {}, shop -> waitlists -> shop.join(waitlists, shop.first));
  }

  @Test
  void join_repeatedAfterwards_isInLineOnce() {
    for (int at = 1; ; at++) {
      run++;
      var shop = new Shop();
      var mortal = new MortalMongo(at);
      end(shop.join(fixture.lines(mortal.wrap(fixture.database())), shop.first));
      var entry = shop.joined(shop.first);
      assertThat(entry.getState()).isEqualTo(WaitlistEntry.State.WAITING);
      assertThat(shop.joined(shop.first)).isEqualTo(entry);
      allAgree(shop, "write " + at);
      if (!mortal.died()) {
        break;
      }
    }
  }

  @Test
  void join_withPiecesThere() {
    survives(shop -> shop.stock(3), shop -> waitlists -> shop.join(waitlists, shop.first));
  }

  @Test
  void serve() {
    survives(
        shop -> {
          shop.joined(shop.first);
          shop.joined(shop.second);
          shop.stock(3);
        },
        shop -> waitlists -> waitlists.served(shop.key()));
  }

  @Test
  void accept() {
    survives(
        shop -> {
          shop.stock(2);
          shop.joined(shop.first);
          shop.joined(shop.second);
        },
        shop -> waitlists -> waitlists.accept(shop.id(shop.first), shop.as(shop.first)));
  }

  @Test
  void accept_repeatedAfterwards_isOneReservation() {
    for (int at = 1; ; at++) {
      run++;
      var shop = new Shop();
      shop.stock(2);
      shop.joined(shop.first);
      var mortal = new MortalMongo(at);
      var id = shop.id(shop.first);
      end(fixture.lines(mortal.wrap(fixture.database())).accept(id, shop.as(shop.first)));
      var taken =
          Objects.requireNonNull(fixture.waitlists.accept(id, shop.as(shop.first)).block(PATIENCE));
      assertThat(taken.getState()).isEqualTo(WaitlistEntry.State.TAKEN);
      assertThat(reservations(shop)).hasSize(1);
      allAgree(shop, "write " + at);
      if (!mortal.died()) {
        break;
      }
    }
  }

  @Test
  void leave_whileWaiting() {
    survives(
        shop -> {
          shop.joined(shop.first);
          shop.joined(shop.second);
        },
        shop -> waitlists -> waitlists.leave(shop.id(shop.first), shop.as(shop.first)));
  }

  @Test
  void leave_whileOffered() {
    survives(
        shop -> {
          shop.stock(2);
          shop.joined(shop.first);
          shop.joined(shop.second);
        },
        shop -> waitlists -> waitlists.leave(shop.id(shop.first), shop.as(shop.first)));
  }

  @Test
  void lapse() {
    survives(
        shop -> {
          shop.stock(2);
          var offered = shop.joined(shop.first);
          shop.joined(shop.second);
          fixture.clock.set(Times.instant(offered.getOfferExpireTime()));
        },
        shop -> waitlists -> waitlists.served(shop.key()));
  }

  @Test
  void merge() {
    survives(
        shop -> {
          shop.joined(shop.first);
          shop.joined(shop.second);
        },
        shop ->
            waitlists ->
                waitlists
                    .merged(shop.first, shop.second)
                    // identity's feed tells of it until it is done
                    .then(fixture.waitlists.merged(shop.first, shop.second))
                    .onErrorResume(dead -> fixture.waitlists.merged(shop.first, shop.second))
                    .then(
                        Mono.fromRunnable(
                            () -> {
                              var entries = shop.entries(shop.first);
                              assertThat(entries).hasSize(2);
                              assertThat(shop.entries(shop.second)).isEmpty();
                            })));
  }

  @Test
  void unmerge() {
    survives(
        shop -> {
          shop.joined(shop.first);
          shop.joined(shop.second);
          fixture.waitlists.merged("customers/heir-" + shop.first, shop.second).block(PATIENCE);
        },
        shop -> {
          var names = java.util.Set.of(shop.second);
          var heir = "customers/heir-" + shop.first;
          return waitlists ->
              waitlists
                  .unmerged(heir, shop.second, names)
                  // identity's feed tells of it until it is done
                  .then(fixture.waitlists.unmerged(heir, shop.second, names))
                  .onErrorResume(dead -> fixture.waitlists.unmerged(heir, shop.second, names))
                  .then(
                      Mono.fromRunnable(
                          () -> {
                            assertThat(shop.entries(shop.second)).hasSize(1);
                            assertThat(shop.entries(heir)).isEmpty();
                            assertThat(shop.entries(shop.first)).hasSize(1);
                          }));
        });
  }
}
