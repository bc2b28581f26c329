package dev.filo.identity.grpc;

import com.google.rpc.Code;
import dev.filo.identity.domain.Refusal;
import dev.filo.identity.service.RefusedException;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.identity.v1.ErrorReason;
import io.grpc.StatusRuntimeException;
import java.util.Map;

/** Refusals as statuses. */
final class Refusals {
  private static final String DOMAIN = "identity.filo";

  private Refusals() {}

  static Throwable toStatus(Throwable error) {
    return error instanceof RefusedException refused ? toStatus(refused.refusal()) : error;
  }

  private static StatusRuntimeException toStatus(Refusal refusal) {
    return switch (refusal) { // no default: a new refusal must not compile until it is mapped here
      case Refusal.CustomerUnknown(var name) -> Statuses.notFound(name);
      case Refusal.CustomerChanged(var version) -> Statuses.etagStale(version);
      case Refusal.MaskInvalid(var path) ->
          Statuses.field(
              "update_mask", "'" + path + "' is not one of the fields that can be changed.");
      case Refusal.RequestReused() -> Statuses.requestIdReused();
      case Refusal.PhoneInvalid() ->
          Statuses.refusal(
              Code.INVALID_ARGUMENT,
              DOMAIN,
              ErrorReason.ERROR_REASON_PHONE_INVALID,
              "This cannot be a phone number.",
              Map.of("field", "phone"));
      case Refusal.IdentifierInvalid(var index) ->
          Statuses.refusal(
              Code.INVALID_ARGUMENT,
              DOMAIN,
              ErrorReason.ERROR_REASON_IDENTIFIER_INVALID,
              "This cannot be an identifier of its type.",
              Map.of("field", "identifiers[" + index + "].value"));
      case Refusal.NotMerged(var name) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_NOT_MERGED,
              "This customer is nobody's alias.",
              Map.of("customer", name));
      case Refusal.CaseUnknown(var name) -> Statuses.notFound(name);
      case Refusal.CaseChanged(var version) -> Statuses.etagStale(version);
      case Refusal.CaseDecided(var name) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_CASE_DECIDED,
              "Somebody has decided this case. Read it again.",
              Map.of("mergeCase", name));
      case Refusal.PhoneNotServed() ->
          Statuses.field("phone", "No text messages can be sent here; use an e-mail address.");
      case Refusal.SignInRateLimited(var wait) ->
          Statuses.retry(
              Code.RESOURCE_EXHAUSTED,
              DOMAIN,
              ErrorReason.ERROR_REASON_SIGN_IN_RATE_LIMITED,
              "Too many codes were asked for. Try again later.",
              Map.of(),
              wait);
      case Refusal.CodeNotSent() -> Statuses.unavailable("The mail server");
      case Refusal.SignInExpired() ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_SIGN_IN_EXPIRED,
              "This sign-in is over. Start again.",
              Map.of());
      case Refusal.CodeWrong() ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_CODE_WRONG,
              "The code is wrong.",
              Map.of());
      case Refusal.TooManyAttempts() ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_TOO_MANY_ATTEMPTS,
              "Too many wrong codes. Start again.",
              Map.of());
      case Refusal.HandoffExpired() ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_HANDOFF_EXPIRED,
              "This code is over.",
              Map.of());
      case Refusal.SessionUnknown(var name) -> Statuses.notFound(name);
      case Refusal.HandoffUnknown(var name) -> Statuses.notFound(name);
      case Refusal.HandoffNotClaimed() ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_HANDOFF_NOT_CLAIMED,
              "No device waits for this answer.",
              Map.of());
      case Refusal.HandoffClaimMissing() ->
          Statuses.field("claim", "A device that waits for a yes must say what tells it apart.");
      case Refusal.HandoffPending() ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_HANDOFF_PENDING,
              "The other device has not answered yet.",
              Map.of());
      case Refusal.HandoffDenied() ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_HANDOFF_DENIED,
              "The other device said no.",
              Map.of());
      // Only at the token endpoint and on its pages, in OAuth's own words.
      case Refusal.DeviceCodeExpired _,
          Refusal.DeviceCodePending _,
          Refusal.DeviceCodeTooFast _,
          Refusal.DeviceCodeDenied _ ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_SIGN_IN_EXPIRED,
              "This sign-in is over. Start again.",
              Map.of());
      case Refusal.CodesRateLimited(var wait) ->
          Statuses.retry(
              Code.RESOURCE_EXHAUSTED,
              DOMAIN,
              ErrorReason.ERROR_REASON_CODES_RATE_LIMITED,
              "Too many codes were tried. Try again later.",
              Map.of(),
              wait);
      case Refusal.StaffMemberExists() ->
          Statuses.refusal(
              Code.ALREADY_EXISTS,
              DOMAIN,
              ErrorReason.ERROR_REASON_STAFF_MEMBER_EXISTS,
              "Somebody on the staff has this e-mail.",
              Map.of());
      case Refusal.DeviceExists() ->
          Statuses.refusal(
              Code.ALREADY_EXISTS,
              DOMAIN,
              ErrorReason.ERROR_REASON_DEVICE_EXISTS,
              "A device has this id.",
              Map.of());
      case Refusal.NobodyLeft() ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_LAST_MANAGER,
              "Nobody would be left who may manage.",
              Map.of());
      case Refusal.StoresInvalid() ->
          Statuses.field("stores", "Store staff need at least one store; others have none.");
      case Refusal.NobodyKnown(var name) -> Statuses.notFound(name);
      case Refusal.ConfirmationNeeded() ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_CONFIRMATION_NEEDED,
              "Ask for a code at one of your addresses and send it with this call.",
              Map.of());
      case Refusal.ErasureUnknown(var name) -> Statuses.notFound(name);
      case Refusal.ExportUnknown(var name) -> Statuses.notFound(name);
      case Refusal.FieldMissing(var field) -> Statuses.field(field, "This is needed.");
      case Refusal.PasskeyUnknown(var name) -> Statuses.notFound(name);
      case Refusal.PasskeyInvalid() ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_PASSKEY_INVALID,
              "This passkey does not pass.",
              Map.of());
      case Refusal.PasskeyChallengeExpired() ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_PASSKEY_CHALLENGE_EXPIRED,
              "This took too long or was used before. Start again.",
              Map.of());
      case Refusal.PasskeyCounterRegressed() ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_PASSKEY_COUNTER_REGRESSED,
              "There may be a copy of this passkey.",
              Map.of());
      case Refusal.PasskeyExists() ->
          Statuses.refusal(
              Code.ALREADY_EXISTS,
              DOMAIN,
              ErrorReason.ERROR_REASON_PASSKEY_EXISTS,
              "This passkey is registered.",
              Map.of());
      case Refusal.PasskeyLimit(var max) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_PASSKEY_LIMIT,
              "Nobody can have more than " + max + " passkeys. Remove one first.",
              Map.of("max", Integer.toString(max)));
      case Refusal.PasskeysRateLimited(var wait) ->
          Statuses.retry(
              Code.RESOURCE_EXHAUSTED,
              DOMAIN,
              ErrorReason.ERROR_REASON_PASSKEYS_RATE_LIMITED,
              "Too many tries with passkeys. Try again later.",
              Map.of(),
              wait);
      case Refusal.PasskeysNotServed() ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_PASSKEYS_NOT_SERVED,
              "There are no passkeys here.",
              Map.of());
      case Refusal.RefreshInvalid() ->
          Statuses.api(
              Code.UNAUTHENTICATED,
              dev.filo.proto.api.v1.ErrorReason.ERROR_REASON_TOKEN_INVALID,
              "The session is over.",
              Map.of());
      case Refusal.RefreshReused() ->
          Statuses.refusal(
              Code.UNAUTHENTICATED,
              DOMAIN,
              ErrorReason.ERROR_REASON_REFRESH_REUSED,
              "The session is over.",
              Map.of());
    };
  }
}
