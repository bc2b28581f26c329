package dev.filo.platform.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.rpc.BadRequest.FieldViolation;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.proto.inventory.v1.HoldLine;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.PlaceHoldRequest;
import dev.filo.proto.inventory.v1.RecordMovementsRequest;
import io.grpc.StatusRuntimeException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimeRulesTest {
  private static final long LAST_SECOND = 253_402_300_799L; // of the year 9999

  private final TimeRules rules = new TimeRules();

  private static Timestamp at(long seconds, int nanos) {
    return Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos).build();
  }

  @Test
  void aTimeOutsideTheYears1To9999_isNamed_howeverDeep() {
    var request =
        RecordMovementsRequest.newBuilder()
            .addMovements(Movement.newBuilder().setEffectiveTime(at(LAST_SECOND, 999_999_999)))
            .addMovements(Movement.newBuilder().setEffectiveTime(at(LAST_SECOND + 1, 0)))
            .addMovements(Movement.newBuilder().setEffectiveTime(at(1L << 62, 0)))
            .addMovements(Movement.newBuilder().setEffectiveTime(at(0, -1)))
            .addMovements(Movement.newBuilder().setEffectiveTime(at(0, Integer.MIN_VALUE)))
            .addMovements(Movement.newBuilder())
            .build();
    assertThat(rules.violations(request))
        .extracting(FieldViolation::getField)
        .containsExactly(
            "movements[1].effective_time",
            "movements[2].effective_time",
            "movements[3].effective_time",
            "movements[4].effective_time");
  }

  @Test
  void aMessageWithoutTimes_hasNone() {
    assertThat(rules.violations(HoldLine.newBuilder().setSku("SOFA-1").build())).isEmpty();
  }

  @Test
  void itIsRefusedAsAnyOtherField() {
    var request = PlaceHoldRequest.newBuilder().setExpireTime(at(1L << 62, 0)).build();
    assertThatThrownBy(() -> new FieldRules().check(request))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            refused ->
                assertThat(Statuses.errorInfo(refused))
                    .extracting(info -> info == null ? "" : info.getReason())
                    .isEqualTo("FIELDS_INVALID"));
  }

  @Test
  void aLengthOfTimeHasAnEnd_andOneSign() {
    assertThat(of(1L << 62, 0)).containsExactly("pickup_lead");
    assertThat(of(0, Integer.MIN_VALUE)).containsExactly("pickup_lead");
    assertThat(of(1, -1)).containsExactly("pickup_lead");
    assertThat(of(-1, -1)).isEmpty();
    assertThat(of(3_600, 1)).isEmpty();
  }

  private List<String> of(long seconds, int nanos) {
    var length = Duration.newBuilder().setSeconds(seconds).setNanos(nanos).build();
    return rules.violations(Store.newBuilder().setPickupLead(length).build()).stream()
        .map(FieldViolation::getField)
        .toList();
  }
}
