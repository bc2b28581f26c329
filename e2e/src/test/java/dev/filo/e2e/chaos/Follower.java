package dev.filo.e2e.chaos;

import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.feed.v1.FeedServiceGrpc;
import dev.filo.proto.feed.v1.WatchRequest;
import dev.filo.proto.feed.v1.WatchResponse;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Follows a service's feed as another service would, at whatever replica, from the first event on,
 * and remembers all. What comes twice, in another order or with a gap is a promise not kept.
 */
final class Follower implements Runnable {
  // A heartbeat comes every ten seconds: who says nothing for longer is asked elsewhere.
  private static final long QUIET_SECONDS = 15;
  private static final long PAUSE_MILLIS = 200;

  private final String service;
  private final Fleet fleet;
  private final Surroundings around;
  private final Violations violations;
  private final List<Event> events = new ArrayList<>();
  private final Map<String, Long> positions = new HashMap<>();
  private long position;

  Follower(String service, Fleet fleet, Surroundings around, Violations violations) {
    this.service = service;
    this.fleet = fleet;
    this.around = around;
    this.violations = violations;
  }

  /** The service whose feed it is. */
  String service() {
    return service;
  }

  /** What has come so far, in the order it came. */
  synchronized List<Event> events() {
    return List.copyOf(events);
  }

  @Override
  public void run() {
    while (true) {
      try {
        follow();
      } catch (StatusException e) {
        if (Statuses.isReason(e, ErrorReason.ERROR_REASON_CURSOR_TOO_OLD)) {
          violations.add(
              "the feed of %s does not know position %d any more".formatted(service, position));
          return;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void follow() throws StatusException, InterruptedException {
    var replica = fleet.any(service);
    replica.channel().resetConnectBackoff();
    BlockingClientCall<?, WatchResponse> call =
        FeedServiceGrpc.newBlockingV2Stub(replica.channel())
            .withCallCredentials(fleet.credentials(service, around))
            .watch(WatchRequest.newBuilder().setAfterPosition(position).build());
    try {
      while (true) {
        var next = read(call);
        if (next == null) {
          return; // it has ended, or says nothing
        }
        take(next);
      }
    } finally {
      call.cancel("done", null);
    }
  }

  private static @Nullable WatchResponse read(BlockingClientCall<?, WatchResponse> call)
      throws StatusException, InterruptedException {
    try {
      return call.read(QUIET_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return null;
    }
  }

  private synchronized void take(WatchResponse next) {
    if (!next.hasEvent()) {
      return;
    }
    violations.require(
        next.getPosition() == position + 1,
        "the feed of %s goes on with %d after %d".formatted(service, next.getPosition(), position));
    position = next.getPosition();
    var before = positions.put(next.getEvent().getId(), position);
    violations.require(
        before == null,
        "event %s of %s came at %d and at %d"
            .formatted(next.getEvent().getId(), service, before, position));
    events.add(next.getEvent());
  }
}
