package dev.filo.identity.domain;

import java.time.Duration;

/** Why identity refuses. */
public sealed interface Refusal {
  /** There is no such customer, or it is another one. */
  record CustomerUnknown(String name) implements Refusal {}

  /** The customer changed since she was read; this is her version now. */
  record CustomerChanged(String version) implements Refusal {}

  /** A part of the update mask is no field that can be changed. */
  record MaskInvalid(String path) implements Refusal {}

  /** The request id came before with other content. */
  record RequestReused() implements Refusal {}

  /** It cannot be a phone number. */
  record PhoneInvalid() implements Refusal {}

  /** It cannot be an identifier of its type; its place in the list. */
  record IdentifierInvalid(int index) implements Refusal {}

  /** She is nobody's alias. */
  record NotMerged(String name) implements Refusal {}

  /** There is no such case. */
  record CaseUnknown(String name) implements Refusal {}

  /** The case changed since it was read; this is its version now. */
  record CaseChanged(String version) implements Refusal {}

  /** Somebody has decided the case. */
  record CaseDecided(String name) implements Refusal {}

  /** No text messages can be sent here. */
  record PhoneNotServed() implements Refusal {}

  /** Too many codes for one address or from one place. */
  record SignInRateLimited(Duration retryAfter) implements Refusal {}

  /** The code could not be sent. */
  record CodeNotSent() implements Refusal {}

  /** The sign-in is unknown, over or used. */
  record SignInExpired() implements Refusal {}

  /** The code is wrong. */
  record CodeWrong() implements Refusal {}

  /** Too many wrong codes: the sign-in has ended. */
  record TooManyAttempts() implements Refusal {}

  /** The hand-off code is unknown, over or used. */
  record HandoffExpired() implements Refusal {}

  /** The refresh token is not one of ours, is another client's, or its session is over. */
  record RefreshInvalid() implements Refusal {}

  /** The refresh token was used before; its session has ended. */
  record RefreshReused() implements Refusal {}

  /** There is no such session, or it is not hers. */
  record SessionUnknown(String name) implements Refusal {}

  /** There is no such hand-off, or another session made it. */
  record HandoffUnknown(String name) implements Refusal {}

  /** No device has shown the code, or it was decided otherwise. */
  record HandoffNotClaimed() implements Refusal {}

  /** A device that must wait for a yes has to say what tells it from others. */
  record HandoffClaimMissing() implements Refusal {}

  /** The session that made the hand-off has not answered yet. */
  record HandoffPending() implements Refusal {}

  /** The session that made the hand-off said no. */
  record HandoffDenied() implements Refusal {}

  /** The device code is unknown, another client's, over or used. */
  record DeviceCodeExpired() implements Refusal {}

  /** Nobody has answered for the device yet. */
  record DeviceCodePending() implements Refusal {}

  /** The device asks too often. */
  record DeviceCodeTooFast() implements Refusal {}

  /** Somebody said no to the device. */
  record DeviceCodeDenied() implements Refusal {}

  /** Too many user codes were tried from one place. */
  record CodesRateLimited(Duration retryAfter) implements Refusal {}

  /** Somebody on the staff has this e-mail. */
  record StaffMemberExists() implements Refusal {}

  /** A device has this id. */
  record DeviceExists() implements Refusal {}

  /** Nobody would be left who may manage. */
  record NobodyLeft() implements Refusal {}

  /** Role and stores do not go together. */
  record StoresInvalid() implements Refusal {}

  /** Nobody on the staff, or no device, has this name. */
  record NobodyKnown(String name) implements Refusal {}

  /** A field that is needed is missing. */
  record FieldMissing(String field) implements Refusal {}

  /** She has to show again that she is herself. */
  record ConfirmationNeeded() implements Refusal {}

  /** There is no such erasure. */
  record ErasureUnknown(String name) implements Refusal {}

  /** There is no such leave to download, or it is over, or another session's. */
  record ExportUnknown(String name) implements Refusal {}

  /** The passkey is not known, or what it answered does not pass. */
  record PasskeyInvalid() implements Refusal {}

  /** What was started is unknown, over, used, or another session's. */
  record PasskeyChallengeExpired() implements Refusal {}

  /** The passkey's counter did not go on: there may be a copy of it. */
  record PasskeyCounterRegressed() implements Refusal {}

  /** The passkey is registered. */
  record PasskeyExists() implements Refusal {}

  /** She has as many passkeys as one may have. */
  record PasskeyLimit(int max) implements Refusal {}

  /** Too many registrations or sign-ins were started. */
  record PasskeysRateLimited(Duration retryAfter) implements Refusal {}

  /** There are no passkeys here. */
  record PasskeysNotServed() implements Refusal {}

  /** There is no such passkey, or it is not hers. */
  record PasskeyUnknown(String name) implements Refusal {}
}
