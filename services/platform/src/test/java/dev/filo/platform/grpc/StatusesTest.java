package dev.filo.platform.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import dev.filo.proto.api.v1.ErrorReason;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusesTest {

  @Test
  void aRefusalSaysCodeDomainReasonAndWhatIsVariable() {
    var refusal =
        Statuses.refusal(
            Code.RESOURCE_EXHAUSTED,
            "cart.filo",
            dev.filo.proto.cart.v1.ErrorReason.ERROR_REASON_CART_FULL,
            "The cart has 200 lines.",
            Map.of("limit", "200"));
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refusal.getStatus().getDescription()).isEqualTo("The cart has 200 lines.");
    var info = Statuses.errorInfo(refusal);
    assertThat(info).isNotNull();
    assertThat(info.getDomain()).isEqualTo("cart.filo");
    assertThat(info.getReason()).isEqualTo("CART_FULL");
    assertThat(info.getMetadataMap()).containsExactly(Map.entry("limit", "200"));
    assertThat(
            Statuses.isReason(refusal, dev.filo.proto.cart.v1.ErrorReason.ERROR_REASON_CART_FULL))
        .isTrue();
    assertThat(Statuses.isReason(refusal, ErrorReason.ERROR_REASON_CONTENDED)).isFalse();
  }

  @Test
  void whenToComeBackIsSaidToTheMillisecond() throws Exception {
    var refusal =
        Statuses.retry(
            Code.RESOURCE_EXHAUSTED,
            Statuses.API_DOMAIN,
            ErrorReason.ERROR_REASON_RATE_LIMITED,
            "Too many.",
            Map.of(),
            Duration.ofMillis(1_250));
    var status = StatusProto.fromThrowable(refusal);
    assertThat(status).isNotNull();
    var delay = status.getDetails(1).unpack(RetryInfo.class).getRetryDelay();
    assertThat(delay.getSeconds()).isEqualTo(1);
    assertThat(delay.getNanos()).isEqualTo(250_000_000);
  }

  @Test
  void aFieldThatBreaksItsRuleIsNamed() throws Exception {
    var status = StatusProto.fromThrowable(Statuses.field("lines[2].sku", "must not be empty"));
    assertThat(status).isNotNull();
    assertThat(status.getCode()).isEqualTo(Code.INVALID_ARGUMENT_VALUE);
    var violation = status.getDetails(1).unpack(BadRequest.class).getFieldViolations(0);
    assertThat(violation.getField()).isEqualTo("lines[2].sku");
  }

  @Test
  void aStatusOfSomebodyElseHasNoReason() {
    assertThat(Statuses.errorInfo(Status.NOT_FOUND.asRuntimeException())).isNull();
    assertThat(Statuses.errorInfo(new IllegalStateException())).isNull();
    assertThat(Statuses.isReason(new IllegalStateException(), ErrorReason.ERROR_REASON_CONTENDED))
        .isFalse();
  }
}
