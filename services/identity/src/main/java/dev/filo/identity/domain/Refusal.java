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
}
