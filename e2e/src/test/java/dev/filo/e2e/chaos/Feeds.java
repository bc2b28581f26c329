package dev.filo.e2e.chaos;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.filo.proto.cart.v1.CartChanged;
import dev.filo.proto.cart.v1.CartOperation;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.inventory.v1.StockLevelChanged;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.ReservationChanged;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Compares what clients were told with what followers were. */
final class Feeds {
  // Whatever a killed process left is told by the next sweep of a living one, a second later.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration LATER = Duration.ofHours(1);

  private final Book book;
  private final Violations violations;

  Feeds(Book book, Violations violations) {
    this.book = book;
    this.violations = violations;
  }

  /** Waits until followers have heard of everything, and notes what they have not, or twice. */
  void check(Collection<Follower> followers) {
    for (Follower follower : followers) {
      var wanted = wanted(follower.service());
      long end = System.nanoTime() + PATIENCE.toNanos();
      var all = heard(follower);
      while (!new HashSet<>(all).containsAll(wanted) && System.nanoTime() < end) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        all = heard(follower);
      }
      var heard = List.copyOf(all);
      var missing = new TreeSet<>(wanted);
      missing.removeAll(new HashSet<>(heard));
      violations.require(
          missing.isEmpty(),
          "the feed of %s does not tell of %d of %d: %s"
              .formatted(
                  follower.service(),
                  missing.size(),
                  wanted.size(),
                  missing.stream().limit(5).map(one -> one + known(one, heard)).toList()));
      var once = new HashSet<String>();
      var twice = new TreeSet<String>();
      heard.stream().filter(one -> !one.startsWith("state ") && !once.add(one)).forEach(twice::add);
      violations.require(
          twice.isEmpty(),
          "the feed of %s tells twice of %s"
              .formatted(follower.service(), twice.stream().limit(5).toList()));
      order(follower);
    }
  }

  /** What is known of a reservation otherwise. */
  private String known(String missing, List<String> heard) {
    var name = missing.substring(missing.lastIndexOf(' ') + 1);
    var kept = book.reservations().get(name);
    return kept == null
        ? ""
        : " (%s; heard of: %s)"
            .formatted(kept, heard.stream().filter(one -> one.endsWith(name)).toList());
  }

  /** What a feed has to tell of. */
  private Set<String> wanted(String service) {
    return switch (service) {
      case "cart" -> Set.copyOf(book.added().keySet());
      case "inventory" -> Set.copyOf(book.recorded().keySet());
      case "reservation" -> states();
      default -> Set.of();
    };
  }

  /** That of an end that came at once may be all there is to tell. */
  private Set<String> states() {
    var states = new HashSet<String>();
    var later = Instant.now().plus(LATER);
    for (Book.Kept kept : book.reservations().values()) {
      states.add(told(kept.name()));
      boolean lasts = kept.expireTime().isAfter(later);
      switch (kept.standing()) {
        case OPEN -> {
          if (lasts) {
            states.add(state(kept.name(), Reservation.State.HELD));
          }
        }
        case PREPARED -> {
          if (lasts) {
            states.add(state(kept.name(), Reservation.State.PREPARED));
          }
        }
        case COLLECTED -> states.add(state(kept.name(), Reservation.State.COLLECTED));
        case CANCELLED -> states.add(state(kept.name(), Reservation.State.CANCELLED));
        case OVER -> {}
      }
    }
    return states;
  }

  private static String told(String reservation) {
    return "state of " + reservation;
  }

  private static String state(String reservation, Reservation.State state) {
    return "state " + state + " of " + reservation;
  }

  /** What a follower has heard of, in its order. */
  private static List<String> heard(Follower follower) {
    var heard = new ArrayList<String>();
    for (Event event : follower.events()) {
      var data = event.getData();
      try {
        if (data.is(CartChanged.class)) {
          data.unpack(CartChanged.class).getOperationsList().stream()
              .map(CartOperation::getId)
              .forEach(heard::add);
        } else if (data.is(StockLevelChanged.class)) {
          var movement = data.unpack(StockLevelChanged.class).getMovement();
          if (!movement.isEmpty()) {
            heard.add(movement);
          }
        } else if (data.is(ReservationChanged.class)) {
          var reservation = data.unpack(ReservationChanged.class).getReservation();
          heard.add(told(reservation.getName()));
          heard.add(state(reservation.getName(), reservation.getState()));
        }
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("an event cannot be read", e);
      }
    }
    return heard;
  }

  /** One aggregate's events come in the order in which it changed. */
  private void order(Follower follower) {
    Map<String, Long> versions = new HashMap<>();
    for (Event event : follower.events()) {
      long version = version(event);
      if (version == 0) {
        continue; // this kind of event says none
      }
      var before = versions.put(event.getSubject(), version);
      violations.require(
          before == null || before <= version,
          "%s is told at version %d after %d".formatted(event.getSubject(), version, before));
    }
  }

  private static long version(Event event) {
    var data = event.getData();
    try {
      return data.is(CartChanged.class)
          ? data.unpack(CartChanged.class).getVersion()
          : data.is(ReservationChanged.class)
              ? number(data.unpack(ReservationChanged.class).getReservation().getEtag())
              : 0;
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an event cannot be read", e);
    }
  }

  /** {@code 3x} is what the third version became by time alone. */
  private static long number(String etag) {
    return Long.parseLong(etag.replace("x", ""));
  }
}
