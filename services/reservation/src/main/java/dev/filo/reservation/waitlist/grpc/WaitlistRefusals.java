package dev.filo.reservation.waitlist.grpc;

import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_ALREADY_WAITING;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_WAITLIST_ENTRY_NOT_FOUND;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_WAITLIST_ENTRY_OVER;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_WAITLIST_FULL;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_WAITLIST_LIMIT;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_WAITLIST_NOT_OFFERED;

import com.google.rpc.Code;
import dev.filo.platform.grpc.Statuses;
import dev.filo.reservation.grpc.Refusals;
import dev.filo.reservation.waitlist.domain.Refusal;
import dev.filo.reservation.waitlist.service.WaitlistRefusedException;
import io.grpc.StatusRuntimeException;
import java.util.Map;

/** Refusals as statuses. */
final class WaitlistRefusals {
  private WaitlistRefusals() {}

  static Throwable map(Throwable error) {
    return error instanceof WaitlistRefusedException refused
        ? toStatus(refused.why())
        : Refusals.map(error);
  }

  // no default: a new Refusal must not compile until it is mapped here
  static StatusRuntimeException toStatus(Refusal refusal) {
    return switch (refusal) {
      case Refusal.NotFound(var name) ->
          Statuses.refusal(
              Code.NOT_FOUND,
              Refusals.DOMAIN,
              ERROR_REASON_WAITLIST_ENTRY_NOT_FOUND,
              "There is no such entry.",
              Map.of("entry", name));
      case Refusal.AlreadyWaiting(var name) ->
          Statuses.refusal(
              Code.ALREADY_EXISTS,
              Refusals.DOMAIN,
              ERROR_REASON_ALREADY_WAITING,
              "You are in this line already. Leave it first to ask for another number of pieces.",
              Map.of("entry", name));
      case Refusal.Full(var limit) ->
          Statuses.refusal(
              Code.RESOURCE_EXHAUSTED,
              Refusals.DOMAIN,
              ERROR_REASON_WAITLIST_FULL,
              "Too many wait for it here. Try another store, or later.",
              Map.of("limit", Integer.toString(limit)));
      case Refusal.Limit(var what, var limit) ->
          Statuses.refusal(
              Code.RESOURCE_EXHAUSTED,
              Refusals.DOMAIN,
              ERROR_REASON_WAITLIST_LIMIT,
              what.equals("entries")
                  ? "You wait for as much as one person may. Leave another line, sign in or ask us."
                  : "So many pieces are not kept for one person. Ask for fewer, or ask us.",
              Map.of("what", what, "limit", Integer.toString(limit)));
      case Refusal.Over(var state) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              Refusals.DOMAIN,
              ERROR_REASON_WAITLIST_ENTRY_OVER,
              "This entry has ended. Join again if you still want it.",
              Map.of("state", state));
      case Refusal.NotOffered(var state) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              Refusals.DOMAIN,
              ERROR_REASON_WAITLIST_NOT_OFFERED,
              "Nothing is held for you yet. We tell you as soon as something is.",
              Map.of("state", state));
    };
  }
}
