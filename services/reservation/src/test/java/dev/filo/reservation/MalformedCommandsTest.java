package dev.filo.reservation;

import static dev.filo.reservation.ReservationFixture.JULIA;
import static dev.filo.reservation.ReservationFixture.PATIENCE;
import static dev.filo.reservation.ReservationFixture.wish;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.reservation.v1.AcceptOfferRequest;
import dev.filo.proto.reservation.v1.AcceptWaitlistOfferRequest;
import dev.filo.proto.reservation.v1.AcknowledgeReservationRequest;
import dev.filo.proto.reservation.v1.CancelReservationRequest;
import dev.filo.proto.reservation.v1.CollectPickupRequest;
import dev.filo.proto.reservation.v1.CompletePutBackRequest;
import dev.filo.proto.reservation.v1.CreateReservationRequest;
import dev.filo.proto.reservation.v1.DeclineOfferRequest;
import dev.filo.proto.reservation.v1.ExtendReservationRequest;
import dev.filo.proto.reservation.v1.JoinWaitlistRequest;
import dev.filo.proto.reservation.v1.LeaveWaitlistRequest;
import dev.filo.proto.reservation.v1.LineQuantity;
import dev.filo.proto.reservation.v1.PieceSerials;
import dev.filo.proto.reservation.v1.PrepareReservationRequest;
import dev.filo.proto.reservation.v1.RefusalCause;
import dev.filo.proto.reservation.v1.RefuseReservationRequest;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.WaitlistEntry;
import dev.filo.testkit.Malformed;
import dev.filo.testkit.StoreTest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/**
 * Every command with every field broken against every rule the API states for it: refused with a
 * reason, and nothing is written, here or at inventory.
 */
@StoreTest
class MalformedCommandsTest {
  private static final int CASES_MIN = 90;

  private final ReservationFixture fixture;

  MalformedCommandsTest(MongoDatabase database) {
    fixture = new ReservationFixture(database);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  /** A command: a request that is right, and the call. */
  private record Command(Message right, Function<Message, Message> call) {}

  private Map<String, Command> commands(Reservation held, WaitlistEntry waiting) {
    var name = held.getName();
    var line = LineQuantity.newBuilder().setSku("SOFA").setQuantity(1).build();
    var all = new LinkedHashMap<String, Command>();
    all.put(
        "CreateReservation",
        new Command(
            wish("q", "SOFA", 1).setCustomer(JULIA).build(),
            request -> fixture.julia().createReservation((CreateReservationRequest) request)));
    all.put(
        "ExtendReservation",
        new Command(
            ExtendReservationRequest.newBuilder()
                .setName(name)
                .setUntilStoreClosing("2026-03-04")
                .setRequestId("q")
                .build(),
            request -> fixture.julia().extendReservation((ExtendReservationRequest) request)));
    all.put(
        "CancelReservation",
        new Command(
            CancelReservationRequest.newBuilder().setName(name).setRequestId("q").build(),
            request -> fixture.julia().cancelReservation((CancelReservationRequest) request)));
    all.put(
        "AcknowledgeReservation",
        new Command(
            AcknowledgeReservationRequest.newBuilder().setName(name).setRequestId("q").build(),
            request ->
                fixture.milan().acknowledgeReservation((AcknowledgeReservationRequest) request)));
    all.put(
        "PrepareReservation",
        new Command(
            PrepareReservationRequest.newBuilder()
                .setName(name)
                .setShelf("B3")
                .setRequestId("q")
                .build(),
            request -> fixture.milan().prepareReservation((PrepareReservationRequest) request)));
    all.put(
        "RefuseReservation",
        new Command(
            RefuseReservationRequest.newBuilder()
                .setName(name)
                .setCause(RefusalCause.DAMAGED)
                .setReason("rotto")
                .addLines(line)
                .setRequestId("q")
                .build(),
            request -> fixture.milan().refuseReservation((RefuseReservationRequest) request)));
    all.put(
        "CollectPickup",
        new Command(
            CollectPickupRequest.newBuilder()
                .setStore("stores/milano")
                .setPickupCode(held.getPickupCode())
                .addLines(line)
                .addSerials(PieceSerials.newBuilder().setSku("SOFA").addSerials("S1"))
                .setRequestId("q")
                .build(),
            request -> fixture.milan().collectPickup((CollectPickupRequest) request)));
    all.put(
        "AcceptOffer",
        new Command(
            AcceptOfferRequest.newBuilder().setName(name).setRequestId("q").build(),
            request -> fixture.julia().acceptOffer((AcceptOfferRequest) request)));
    all.put(
        "DeclineOffer",
        new Command(
            DeclineOfferRequest.newBuilder().setName(name).setRequestId("q").build(),
            request -> fixture.julia().declineOffer((DeclineOfferRequest) request)));
    all.put(
        "CompletePutBack",
        new Command(
            CompletePutBackRequest.newBuilder()
                .setName("stores/milano/putBackList")
                .setReservation(name)
                .setRequestId("q")
                .build(),
            request -> fixture.milan().completePutBack((CompletePutBackRequest) request)));
    var inLine = fixture.inLine(Role.ROLE_CUSTOMER, JULIA);
    all.put(
        "JoinWaitlist",
        new Command(
            JoinWaitlistRequest.newBuilder()
                .setCustomer(JULIA)
                .setStore("stores/milano")
                .setSku("RUG")
                .setQuantity(1)
                .setRequestId("q")
                .build(),
            request -> inLine.joinWaitlist((JoinWaitlistRequest) request)));
    all.put(
        "AcceptWaitlistOffer",
        new Command(
            AcceptWaitlistOfferRequest.newBuilder()
                .setName(waiting.getName())
                .setRequestId("q")
                .build(),
            request -> inLine.acceptWaitlistOffer((AcceptWaitlistOfferRequest) request)));
    all.put(
        "LeaveWaitlist",
        new Command(
            LeaveWaitlistRequest.newBuilder().setName(waiting.getName()).setRequestId("q").build(),
            request -> inLine.leaveWaitlist((LeaveWaitlistRequest) request)));
    return all;
  }

  @Test
  void eachCommandWithEachFieldBroken_isRefusedAndNothingIsWritten() {
    fixture.warehouse.stock("SOFA", "milano", 5);
    var held = fixture.julia().createReservation(wish("made", "SOFA", 2).build());
    var waiting =
        fixture
            .inLine(Role.ROLE_CUSTOMER, JULIA)
            .joinWaitlist(
                JoinWaitlistRequest.newBuilder()
                    .setStore("stores/milano")
                    .setSku("LAMP")
                    .setQuantity(1)
                    .setRequestId("waiting")
                    .build());
    var before = contents();
    var kept = fixture.warehouse.available("SOFA", "milano");
    int cases = 0;
    for (var command : commands(held, waiting).entrySet()) {
      var right = command.getValue().right;
      var broken = Malformed.of(right);
      broken.add(Malformed.without(right, "request_id"));
      for (Malformed one : broken) {
        var as = command.getKey() + " with " + one.what();
        var refused = refusal(command.getValue().call, one.request(), as);
        var reason = Objects.requireNonNull(Statuses.errorInfo(refused), as).getReason();
        if (refused.getStatus().getCode() == Status.Code.PERMISSION_DENIED) {
          // No store of that name is one of the caller's: said before anything else.
          assertThat(one.field()).as(as).isIn("store", "name");
        } else {
          assertThat(refused.getStatus().getCode()).as(as).isEqualTo(Status.Code.INVALID_ARGUMENT);
          assertThat(reason).as(as).isIn("FIELDS_INVALID", "REQUEST_ID_MISSING");
          if (reason.equals("FIELDS_INVALID")) {
            assertThat(Malformed.fields(refused)).as(as).contains(one.field());
          }
        }
        cases++;
      }
    }
    assertThat(cases).as("cases").isGreaterThanOrEqualTo(CASES_MIN);
    assertThat(contents()).isEqualTo(before);
    assertThat(fixture.warehouse.available("SOFA", "milano")).isEqualTo(kept);
  }

  private static StatusRuntimeException refusal(
      Function<Message, Message> call, Message request, String as) {
    try {
      call.apply(request);
    } catch (StatusRuntimeException e) {
      return e;
    }
    throw new AssertionError("not refused: " + as);
  }

  /** Everything that is kept, but for what is told of it by and by. */
  private Map<String, List<Document>> contents() {
    var all = new LinkedHashMap<String, List<Document>>();
    for (String name : List.of("reservations", "quotas", "waitlists", "waitlistEntries")) {
      all.put(
          name,
          Objects.requireNonNull(
              Flux.from(fixture.database().getCollection(name).find())
                  .doOnNext(
                      document -> {
                        document.remove("outbox");
                        document.remove("outboxSince");
                        document.remove("outboxMoved");
                      })
                  .collectSortedList(
                      Comparator.comparing(document -> String.valueOf(document.get("_id"))))
                  .block(PATIENCE)));
    }
    return all;
  }
}
