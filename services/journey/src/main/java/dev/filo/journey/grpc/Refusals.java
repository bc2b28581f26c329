package dev.filo.journey.grpc;

import com.google.rpc.Code;
import dev.filo.journey.domain.Refusal;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.journey.v1.ErrorReason;
import io.grpc.StatusRuntimeException;
import java.util.Map;

/** The journey's refusals as statuses. */
final class Refusals {
  private Refusals() {}

  static StatusRuntimeException toStatus(Refusal refusal) {
    return switch (refusal) { // no default: a new refusal must not compile until it is mapped here
      case Refusal.TimeInvalid(var touchpoint) ->
          Statuses.refusal(
              Code.INVALID_ARGUMENT,
              "journey.filo",
              ErrorReason.ERROR_REASON_TIME_INVALID,
              "This lies more than five minutes ahead. Set the clock and send it again.",
              Map.of("touchpoint", touchpoint));
    };
  }
}
