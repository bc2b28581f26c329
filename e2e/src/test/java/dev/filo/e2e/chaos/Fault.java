package dev.filo.e2e.chaos;

import java.time.Duration;
import java.util.Locale;

/**
 * One fault of a schedule. It begins, lasts, and ends: afterwards everything is as before, but for
 * what the faulty ones make of it.
 *
 * @param kind what
 * @param number to whom, among those it can happen to; whoever is meant by the number is said by
 *     the kind
 * @param lasts how long
 */
record Fault(Kind kind, int number, Duration lasts) {
  /** What can happen. */
  enum Kind {
    /** SIGKILL of a service's replica, which is started again at once. */
    KILL_SERVICE,
    /** SIGSTOP of a service's replica, then SIGCONT. */
    STOP_SERVICE,
    /** SIGKILL of the database's primary, which is started again at once. */
    KILL_PRIMARY,
    /** SIGSTOP of the database's primary, then SIGCONT: it has been deposed and does not know. */
    STOP_PRIMARY,
    /** SIGKILL of a member that is not the primary. */
    KILL_SECONDARY,
    /** The primary is alone: nothing comes or goes. */
    ISOLATE_PRIMARY,
    /** The primary is cut off from the other members, and every service still reaches it. */
    DESERT_PRIMARY,
    /** Two members of the database do not reach each other; the third reaches both. */
    CUT_MEMBERS,
    /** A replica and the database do not reach each other; connections hang. */
    HOLD_DATABASE,
    /** A replica and the database do not reach each other; connections break. */
    CUT_DATABASE,
    /** Nobody reaches a replica; connections hang. */
    HOLD_SERVICE,
    /** Clients do not reach a replica, other services do. */
    CUT_CLIENTS,
    /** Services do not reach each other, clients reach all of them. */
    CUT_SERVICES,
    /** All there is between services and the database is slow. */
    SLOW_DATABASE,
    /** All there is between clients and services, and among services, is slow. */
    SLOW_SERVICES,
    /** What a replica answers to clients is lost after it was done. */
    LOSE_ANSWERS,
    /** What services answer each other is lost after it was done. */
    LOSE_ANSWERS_BETWEEN_SERVICES,
    /** What the database answers to a replica is lost after it was done. */
    LOSE_ANSWERS_OF_DATABASE,
    /** The clock of a replica is wrong, by up to {@link Clock#WRONG_MAX}. */
    WRONG_CLOCK,
    /** Twenty watchers of a replica do not read what they are sent. */
    SLOW_CONSUMERS,
    /** The disk of a member of the database is full; it is started again when there is room. */
    FULL_DISK;

    /** {@code kill-service}. */
    String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The kind of this text. */
    static Kind of(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
  }
}
