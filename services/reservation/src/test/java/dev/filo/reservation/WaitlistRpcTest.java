package dev.filo.reservation;

import static dev.filo.reservation.ReservationFixture.JULIA;
import static dev.filo.reservation.ReservationFixture.PATIENCE;
import static dev.filo.reservation.ReservationFixture.refused;
import static dev.filo.reservation.ReservationFixture.wish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.reservation.v1.AcceptWaitlistOfferRequest;
import dev.filo.proto.reservation.v1.CancelReservationRequest;
import dev.filo.proto.reservation.v1.CollectPickupRequest;
import dev.filo.proto.reservation.v1.GetReservationRequest;
import dev.filo.proto.reservation.v1.GetWaitlistEntryRequest;
import dev.filo.proto.reservation.v1.JoinWaitlistRequest;
import dev.filo.proto.reservation.v1.LeaveWaitlistRequest;
import dev.filo.proto.reservation.v1.ListWaitlistEntriesRequest;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.WaitlistEntry;
import dev.filo.proto.reservation.v1.WaitlistEntry.State;
import dev.filo.proto.reservation.v1.WaitlistEntryChanged;
import dev.filo.proto.reservation.v1.WaitlistServiceGrpc.WaitlistServiceBlockingStub;
import dev.filo.proto.reservation.v1.WatchWaitlistEntriesRequest;
import dev.filo.reservation.service.LimitPolicy;
import dev.filo.testkit.StoreTest;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What the waitlist answers, over gRPC. */
@StoreTest
class WaitlistRpcTest {
  private static final String GUEST = "customers/guest1";
  private static final String ANNA = "customers/anna";

  private final ReservationFixture fixture;

  WaitlistRpcTest(MongoDatabase database) {
    fixture =
        new ReservationFixture(
            database,
            new LimitPolicy(
                null,
                new LimitPolicy.Allowance(null, null, 3, 2),
                null,
                null,
                null,
                null,
                null,
                Map.of(
                    "roma",
                    new LimitPolicy.Own(null, null, null, null, 1, Duration.ofHours(5), null))));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private WaitlistServiceBlockingStub as(String customer) {
    return fixture.inLine(Role.ROLE_CUSTOMER, customer);
  }

  private WaitlistEntry join(String customer, String sku) {
    return as(customer).joinWaitlist(joining("join " + sku, sku, 1).build());
  }

  private static JoinWaitlistRequest.Builder joining(String requestId, String sku, int pieces) {
    return JoinWaitlistRequest.newBuilder()
        .setStore("stores/milano")
        .setSku(sku)
        .setQuantity(pieces)
        .setRequestId(requestId);
  }

  private static AcceptWaitlistOfferRequest accepting(WaitlistEntry entry) {
    return AcceptWaitlistOfferRequest.newBuilder()
        .setName(entry.getName())
        .setRequestId("accept")
        .build();
  }

  private static LeaveWaitlistRequest leaving(WaitlistEntry entry) {
    return LeaveWaitlistRequest.newBuilder().setName(entry.getName()).setRequestId("leave").build();
  }

  private WaitlistEntry now(WaitlistEntry entry) {
    return as(entry.getCustomer())
        .getWaitlistEntry(GetWaitlistEntryRequest.newBuilder().setName(entry.getName()).build());
  }

  private void pieces(String sku, int pieces) {
    fixture.warehouse.stock(sku, "milano", pieces);
    fixture.waitlists.served(sku + "@milano").block(PATIENCE);
  }

  private List<String> told(String name) {
    return fixture.told().stream()
        .filter(event -> event.getSubject().equals(name))
        .map(
            event -> {
              try {
                var changed = event.getData().unpack(WaitlistEntryChanged.class);
                return changed.getPreviousState() + " " + changed.getEntry().getState();
              } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(e);
              }
            })
        .toList();
  }

  @Test
  void join_waitsInTheOrderOfComing() {
    var julia = join(JULIA, "SOFA");
    assertThat(julia.getState()).isEqualTo(State.WAITING);
    assertThat(julia.getPosition()).isEqualTo(1);
    assertThat(julia.getQuantity()).isEqualTo(1);
    assertThat(julia.getCustomer()).isEqualTo(JULIA);
    assertThat(julia.getTitle()).isEqualTo("Il SOFA");
    assertThat(julia.getStoreTitle()).isEqualTo("Filo milano");
    assertThat(julia.getCustomerDisplayName()).isEqualTo("Giulia R.");
    assertThat(julia.getCreatedBy().getPrincipal()).isEqualTo(JULIA);
    var guest =
        fixture.inLine(Role.ROLE_GUEST, GUEST).joinWaitlist(joining("1", "SOFA", 2).build());
    assertThat(guest.getPosition()).isEqualTo(2);
    var anna =
        fixture
            .inLine(Role.ROLE_AGENT, "staff/anna")
            .joinWaitlist(joining("1", "SOFA", 1).setCustomer(ANNA).build());
    assertThat(anna.getPosition()).isEqualTo(3);
    assertThat(anna.getCustomer()).isEqualTo(ANNA);
    assertThat(anna.getCreatedBy().getRole()).isEqualTo("agent");
    as(JULIA).leaveWaitlist(leaving(julia));
    assertThat(now(anna).getPosition()).isEqualTo(2);
    // the same again gives the same; the entry has moved up
    var again =
        fixture.inLine(Role.ROLE_GUEST, GUEST).joinWaitlist(joining("1", "SOFA", 2).build());
    assertThat(again.getName()).isEqualTo(guest.getName());
    assertThat(again.getPosition()).isEqualTo(1);
    refused(
        () -> fixture.inLine(Role.ROLE_GUEST, GUEST).joinWaitlist(joining("1", "SOFA", 1).build()),
        Status.Code.ALREADY_EXISTS,
        "REQUEST_ID_REUSED");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(told(julia.getName()))
                    .containsExactly("STATE_UNSPECIFIED WAITING", "WAITING LEFT"));
  }

  @Test
  void join_withPiecesThere_isOfferedAtOnce() {
    pieces("SOFA", 1);
    var julia = join(JULIA, "SOFA");
    assertThat(julia.getState()).isEqualTo(State.OFFERED);
    assertThat(julia.getPosition()).isZero();
    assertThat(julia.getOfferedQuantity()).isEqualTo(1);
    // it is Monday, 10:00, and opens at 10
    assertThat(Times.instant(julia.getOfferExpireTime()))
        .isEqualTo(fixture.clock.instant().plus(Duration.ofHours(2)));
    assertThat(fixture.warehouse.available("SOFA", "milano")).isZero();
    refused(
        () -> fixture.julia().createReservation(wish("1", "SOFA", 1).build()),
        Status.Code.FAILED_PRECONDITION,
        "STOCK_INSUFFICIENT");
    assertThat(join(ANNA, "SOFA").getState()).isEqualTo(State.WAITING);
  }

  @Test
  void accept_becomesAReservation_withoutGivingThePiecesUp() {
    var entry = join(JULIA, "SOFA");
    var second = join(ANNA, "SOFA");
    pieces("SOFA", 1);
    assertThat(now(entry).getState()).isEqualTo(State.OFFERED);
    assertThat(now(second).getState()).isEqualTo(State.WAITING);
    assertThat(now(second).getPosition()).isEqualTo(1);
    var holds = fixture.warehouse.active();

    var taken = as(JULIA).acceptWaitlistOffer(accepting(entry));
    assertThat(taken.getState()).isEqualTo(State.TAKEN);
    assertThat(taken.getOfferedQuantity()).isEqualTo(1);
    assertThat(fixture.warehouse.active()).as("it is the same hold").isEqualTo(holds);
    var reservation =
        fixture
            .julia()
            .getReservation(
                GetReservationRequest.newBuilder().setName(taken.getReservation()).build());
    assertThat(reservation.getState()).isEqualTo(Reservation.State.HELD);
    assertThat(reservation.getPickupCode()).hasSize(8);
    assertThat(reservation.getLines(0).getTitle()).isEqualTo("Il SOFA");
    assertThat(Times.instant(reservation.getExpireTime()))
        .as("today's closing, and as Tuesday is a holiday Wednesday's")
        .isEqualTo(Instant.parse("2026-03-04T19:00:00Z"));
    assertThat(holds.getFirst().expireTime()).isEqualTo(Times.instant(reservation.getExpireTime()));
    assertThat(holds.getFirst().owner()).isEqualTo(reservation.getName());
    // again gives the same, and later too
    assertThat(as(JULIA).acceptWaitlistOffer(accepting(entry))).isEqualTo(taken);
    assertThat(now(entry)).isEqualTo(taken);
    refused(
        () -> as(JULIA).leaveWaitlist(leaving(entry)),
        Status.Code.FAILED_PRECONDITION,
        "WAITLIST_ENTRY_OVER");

    var collected =
        fixture
            .milan()
            .collectPickup(
                CollectPickupRequest.newBuilder()
                    .setStore("stores/milano")
                    .setPickupCode(reservation.getPickupCode())
                    .setRequestId("1")
                    .build());
    assertThat(collected.getState()).isEqualTo(Reservation.State.COLLECTED);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(told(entry.getName()))
                  .containsExactly("STATE_UNSPECIFIED WAITING", "WAITING OFFERED", "OFFERED TAKEN");
              assertThat(fixture.events(reservation.getName()))
                  .extracting(
                      changed ->
                          changed.getPreviousState() + " " + changed.getReservation().getState())
                  .containsExactly("STATE_UNSPECIFIED HELD", "HELD COLLECTED");
            });
  }

  @Test
  void accept_whileWaiting_isRefused_andByAnotherNotFound() {
    var entry = join(JULIA, "SOFA");
    refused(
        () -> as(JULIA).acceptWaitlistOffer(accepting(entry)),
        Status.Code.FAILED_PRECONDITION,
        "WAITLIST_NOT_OFFERED");
    refused(
        () -> as(ANNA).acceptWaitlistOffer(accepting(entry)),
        Status.Code.NOT_FOUND,
        "WAITLIST_ENTRY_NOT_FOUND");
    refused(
        () -> as(ANNA).leaveWaitlist(leaving(entry)),
        Status.Code.NOT_FOUND,
        "WAITLIST_ENTRY_NOT_FOUND");
    refused(
        () ->
            fixture
                .inLine(Role.ROLE_STORE_STAFF, "staff/x", "stores/roma")
                .getWaitlistEntry(
                    GetWaitlistEntryRequest.newBuilder().setName(entry.getName()).build()),
        Status.Code.NOT_FOUND,
        "WAITLIST_ENTRY_NOT_FOUND");
  }

  @Test
  void anOffer_lapsesAtItsVeryInstant_andTheNextIsOffered() {
    var julia = join(JULIA, "SOFA");
    var anna = join(ANNA, "SOFA");
    pieces("SOFA", 1);
    var end = Times.instant(now(julia).getOfferExpireTime());
    fixture.clock.set(end.minusMillis(1));
    fixture.waitlists.sweep().block(PATIENCE);
    assertThat(now(julia).getState()).isEqualTo(State.OFFERED);
    fixture.clock.set(end);
    assertThat(now(julia).getState()).as("whoever looks").isEqualTo(State.LAPSED);
    refused(
        () -> as(JULIA).acceptWaitlistOffer(accepting(julia)),
        Status.Code.FAILED_PRECONDITION,
        "WAITLIST_ENTRY_OVER");
    fixture.waitlists.sweep().block(PATIENCE);
    assertThat(now(anna).getState()).isEqualTo(State.OFFERED);
    assertThat(now(julia).getState()).isEqualTo(State.LAPSED);
    assertThat(as(ANNA).acceptWaitlistOffer(accepting(anna)).getState()).isEqualTo(State.TAKEN);
    // who has lapsed may join again
    assertThat(as(JULIA).joinWaitlist(joining("2", "SOFA", 1).build()).getPosition()).isEqualTo(1);
  }

  @Test
  void leave_whileOffered_offersTheNext() {
    var julia = join(JULIA, "SOFA");
    var anna = join(ANNA, "SOFA");
    pieces("SOFA", 1);
    assertThat(as(JULIA).leaveWaitlist(leaving(julia)).getState()).isEqualTo(State.LEFT);
    assertThat(as(JULIA).leaveWaitlist(leaving(julia)).getState()).isEqualTo(State.LEFT);
    assertThat(now(anna).getState()).isEqualTo(State.OFFERED);
    assertThat(fixture.warehouse.active()).hasSize(1);
  }

  @Test
  void aCancelledReservation_goesToTheNextInLine() {
    pieces("SOFA", 1);
    var held = fixture.julia().createReservation(wish("1", "SOFA", 1).build());
    var anna = join(ANNA, "SOFA");
    assertThat(anna.getState()).isEqualTo(State.WAITING);
    fixture
        .julia()
        .cancelReservation(
            CancelReservationRequest.newBuilder()
                .setName(held.getName())
                .setRequestId("c")
                .build());
    fixture.waitlists.served("SOFA@milano").block(PATIENCE);
    assertThat(now(anna).getState()).isEqualTo(State.OFFERED);
  }

  @Test
  void aPieceNobodyTellsOf_isFoundByLooking() {
    var julia = join(JULIA, "SOFA");
    fixture.warehouse.stock("SOFA", "milano", 1);
    fixture.clock.advance(Duration.ofMinutes(1));
    fixture.waitlists.sweep().block(PATIENCE);
    assertThat(now(julia).getState()).isEqualTo(State.OFFERED);
  }

  @Test
  void newsOfStock_servesTheLinesItIsAbout() {
    var julia = join(JULIA, "SOFA");
    fixture.warehouse.stock("SOFA", "milano", 1);
    fixture.waitlists.heard(java.util.Set.of("LAMP@milano", "SOFA@roma")).block(PATIENCE);
    assertThat(now(julia).getState()).isEqualTo(State.WAITING);
    fixture.waitlists.heard(java.util.Set.of("LAMP@milano", "SOFA@milano")).block(PATIENCE);
    assertThat(now(julia).getState()).isEqualTo(State.OFFERED);
  }

  @Test
  void fewerPieces_areOfferedToTheFirst() {
    var julia = as(JULIA).joinWaitlist(joining("1", "SOFA", 3).build());
    var anna = join(ANNA, "SOFA");
    pieces("SOFA", 2);
    assertThat(now(julia).getOfferedQuantity()).isEqualTo(2);
    assertThat(now(anna).getState()).as("nobody overtakes").isEqualTo(State.WAITING);
    var taken = as(JULIA).acceptWaitlistOffer(accepting(julia));
    var line =
        fixture
            .julia()
            .getReservation(
                GetReservationRequest.newBuilder().setName(taken.getReservation()).build())
            .getLines(0);
    assertThat(line.getQuantity()).isEqualTo(2);
    assertThat(line.getRequestedQuantity()).isEqualTo(3);
  }

  @Test
  void join_refusals() {
    join(JULIA, "SOFA");
    var twice =
        refused(
            () -> as(JULIA).joinWaitlist(joining("2", "SOFA", 1).build()),
            Status.Code.ALREADY_EXISTS,
            "ALREADY_WAITING");
    assertThat(dev.filo.platform.grpc.Statuses.errorInfo(twice).getMetadataMap())
        .containsKey("entry");
    refused(
        () -> as(JULIA).joinWaitlist(joining("3", "LAMP", 4).build()),
        Status.Code.RESOURCE_EXHAUSTED,
        "WAITLIST_LIMIT");
    join(JULIA, "LAMP");
    var third =
        refused(
            () -> as(JULIA).joinWaitlist(joining("4", "DESK", 1).build()),
            Status.Code.RESOURCE_EXHAUSTED,
            "WAITLIST_LIMIT");
    assertThat(dev.filo.platform.grpc.Statuses.errorInfo(third).getMetadataMap())
        .containsEntry("what", "entries")
        .containsEntry("limit", "2");
    // an agent goes beyond it, for her
    assertThat(
            fixture
                .inLine(Role.ROLE_AGENT, "staff/anna")
                .joinWaitlist(joining("5", "DESK", 1).setCustomer(JULIA).build())
                .getState())
        .isEqualTo(State.WAITING);
    refused(
        () -> as(ANNA).joinWaitlist(joining("6", "NONE", 1).build()),
        Status.Code.NOT_FOUND,
        "SKU_NOT_FOUND");
    refused(
        () -> as(ANNA).joinWaitlist(joining("6", "OLD", 1).build()),
        Status.Code.NOT_FOUND,
        "SKU_NOT_FOUND");
    refused(
        () -> as(ANNA).joinWaitlist(joining("7", "SOFA", 1).setStore("stores/none").build()),
        Status.Code.NOT_FOUND,
        "STORE_NOT_FOUND");
    refused(
        () -> as(ANNA).joinWaitlist(joining("8", "SOFA", 1).setStore("stores/depot").build()),
        Status.Code.FAILED_PRECONDITION,
        "PICKUP_NOT_OFFERED");
    refused(
        () -> as("customers/none").joinWaitlist(joining("9", "SOFA", 1).build()),
        Status.Code.NOT_FOUND,
        "CUSTOMER_NOT_FOUND");
    refused(
        () ->
            fixture
                .inLine(Role.ROLE_AGENT, "staff/anna")
                .joinWaitlist(joining("10", "SOFA", 1).build()),
        Status.Code.INVALID_ARGUMENT,
        "CUSTOMER_MISSING");
    refused(
        () -> as(ANNA).joinWaitlist(joining("11", "a b", 1).build()),
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID");
    refused(
        () -> as(ANNA).joinWaitlist(joining("", "SOFA", 1).build()),
        Status.Code.INVALID_ARGUMENT,
        "REQUEST_ID_MISSING");
    refused(
        () ->
            fixture
                .inLine(Role.ROLE_STORE_STAFF, "staff/x", "stores/milano")
                .joinWaitlist(joining("12", "SOFA", 1).build()),
        Status.Code.PERMISSION_DENIED,
        "ROLE_NOT_ALLOWED");
    // a store's own figures
    as(ANNA).joinWaitlist(joining("13", "SOFA", 1).setStore("stores/roma").build());
    refused(
        () ->
            fixture
                .inLine(Role.ROLE_GUEST, GUEST)
                .joinWaitlist(joining("14", "SOFA", 1).setStore("stores/roma").build()),
        Status.Code.RESOURCE_EXHAUSTED,
        "WAITLIST_FULL");
    // what was refused left nothing: the same request may come again, and be let in
    as(ANNA)
        .leaveWaitlist(
            leaving(
                as(ANNA)
                    .listWaitlistEntries(ListWaitlistEntriesRequest.getDefaultInstance())
                    .getEntries(0)));
    assertThat(
            fixture
                .inLine(Role.ROLE_GUEST, GUEST)
                .joinWaitlist(joining("14", "SOFA", 1).setStore("stores/roma").build())
                .getState())
        .isEqualTo(State.WAITING);
  }

  @Test
  void accept_beyondTheLimits_isRefused_andTheOfferStands() {
    fixture.warehouse.stock("LAMP", "milano", 9);
    var guest = fixture.inLine(Role.ROLE_GUEST, GUEST);
    var entry = guest.joinWaitlist(joining("1", "SOFA", 1).build());
    var other = fixture.as(Role.ROLE_GUEST, GUEST).createReservation(wish("1", "LAMP", 1).build());
    pieces("SOFA", 1);
    refused(
        () -> guest.acceptWaitlistOffer(accepting(entry)),
        Status.Code.RESOURCE_EXHAUSTED,
        "RESERVATION_LIMIT");
    var stands =
        guest.getWaitlistEntry(
            GetWaitlistEntryRequest.newBuilder().setName(entry.getName()).build());
    assertThat(stands.getState()).isEqualTo(State.OFFERED);
    assertThat(fixture.warehouse.available("SOFA", "milano")).isZero();
    fixture
        .as(Role.ROLE_GUEST, GUEST)
        .cancelReservation(
            CancelReservationRequest.newBuilder()
                .setName(other.getName())
                .setRequestId("c")
                .build());
    assertThat(guest.acceptWaitlistOffer(accepting(entry)).getState()).isEqualTo(State.TAKEN);
  }

  @Test
  void list_hers_andAStoresLines() {
    var first = join(JULIA, "SOFA");
    as(JULIA).leaveWaitlist(leaving(first));
    fixture.clock.advance(Duration.ofSeconds(1));
    var second = as(JULIA).joinWaitlist(joining("2", "SOFA", 1).build());
    fixture.clock.advance(Duration.ofSeconds(1));
    var third = join(JULIA, "LAMP");
    join(ANNA, "SOFA");
    var page =
        as(JULIA)
            .listWaitlistEntries(ListWaitlistEntriesRequest.newBuilder().setPageSize(2).build());
    assertThat(page.getEntriesList())
        .extracting(WaitlistEntry::getName)
        .containsExactly(third.getName(), second.getName());
    var next =
        as(JULIA)
            .listWaitlistEntries(
                ListWaitlistEntriesRequest.newBuilder()
                    .setPageSize(2)
                    .setPageToken(page.getNextPageToken())
                    .build());
    assertThat(next.getEntriesList())
        .extracting(WaitlistEntry::getName)
        .containsExactly(first.getName());
    assertThat(next.getEntries(0).getState()).isEqualTo(State.LEFT);
    assertThat(next.getNextPageToken()).isEmpty();

    var staff = fixture.inLine(Role.ROLE_STORE_STAFF, "staff/x", "stores/milano");
    var at = ListWaitlistEntriesRequest.newBuilder().setStore("stores/milano");
    assertThat(staff.listWaitlistEntries(at.build()).getEntriesList())
        .extracting(entry -> entry.getSku() + " " + entry.getPosition())
        .containsExactly("LAMP 1", "SOFA 1", "SOFA 2");
    var two = staff.listWaitlistEntries(at.setPageSize(2).build());
    assertThat(two.getEntriesCount()).isEqualTo(2);
    assertThat(
            staff
                .listWaitlistEntries(at.setPageToken(two.getNextPageToken()).build())
                .getEntriesList())
        .extracting(entry -> entry.getSku() + " " + entry.getPosition())
        .containsExactly("SOFA 2");
    refused(
        () ->
            fixture
                .inLine(Role.ROLE_AGENT, "staff/anna")
                .listWaitlistEntries(ListWaitlistEntriesRequest.getDefaultInstance()),
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID");
  }

  @Test
  void watch_seesHerPositionAndTheOffer() {
    var anna = join(ANNA, "SOFA");
    join(JULIA, "SOFA");
    var states =
        as(JULIA)
            .watchWaitlistEntries(
                WatchWaitlistEntriesRequest.newBuilder().setParent(JULIA).build());
    assertThat(states.next().getEntries(0).getPosition()).isEqualTo(2);
    as(ANNA).leaveWaitlist(leaving(anna));
    assertThat(states.next().getEntries(0).getPosition()).isEqualTo(1);
    pieces("SOFA", 1);
    assertThat(states.next().getEntries(0).getState()).isEqualTo(State.OFFERED);
  }

  @Test
  void manyAtOnce_areAllInLine_eachOnce_andThePiecesGoToTheFirst() {
    int customers = 64;
    var joined =
        Flux.range(0, customers)
            .flatMap(
                i ->
                    Mono.fromCallable(() -> join("customers/c" + i, "SOFA"))
                        .subscribeOn(Schedulers.boundedElastic()),
                customers)
            .collectList()
            .block(PATIENCE);
    assertThat(joined).hasSize(customers);
    pieces("SOFA", 5);
    var line =
        fixture
            .inLine(Role.ROLE_MANAGER, "staff/m")
            .listWaitlistEntries(
                ListWaitlistEntriesRequest.newBuilder()
                    .setStore("stores/milano")
                    .setPageSize(200)
                    .build())
            .getEntriesList();
    assertThat(line).extracting(WaitlistEntry::getCustomer).doesNotHaveDuplicates().hasSize(64);
    assertThat(line.subList(0, 5)).allMatch(entry -> entry.getState() == State.OFFERED);
    assertThat(line.subList(5, 64)).allMatch(entry -> entry.getState() == State.WAITING);
    assertThat(line.get(5).getPosition()).isEqualTo(1);
    assertThat(fixture.warehouse.active()).hasSize(5);
  }

  @Test
  void aMerge_takesHerPlacesAlong_onePlaceALine() {
    join(GUEST, "SOFA");
    var hers = join(JULIA, "SOFA");
    var lamp = join(GUEST, "LAMP");
    fixture.waitlists.merged(JULIA, GUEST).block(PATIENCE);
    fixture.waitlists.merged(JULIA, GUEST).block(PATIENCE);
    assertThat(now(hers).getState()).as("the place further back").isEqualTo(State.LEFT);
    var all =
        as(JULIA)
            .listWaitlistEntries(ListWaitlistEntriesRequest.getDefaultInstance())
            .getEntriesList();
    assertThat(all)
        .filteredOn(entry -> entry.getState() == State.WAITING)
        .extracting(entry -> entry.getSku() + " " + entry.getPosition())
        .containsExactlyInAnyOrder("SOFA 1", "LAMP 1");
    assertThat(all).extracting(WaitlistEntry::getName).contains(lamp.getName());
    assertThat(all).allMatch(entry -> entry.getCustomer().equals(JULIA));
  }

  @Test
  void withInventoryDown_sheIsInLine_andIsServedLater() {
    fixture.warehouse.stock("SOFA", "milano", 1);
    fixture.warehouse.down(true);
    var julia = join(JULIA, "SOFA");
    assertThat(julia.getState()).isEqualTo(State.WAITING);
    fixture.warehouse.down(false);
    fixture.clock.advance(Duration.ofSeconds(9));
    fixture.waitlists.sweep().block(PATIENCE);
    assertThat(now(julia).getState()).isEqualTo(State.OFFERED);
  }
}
