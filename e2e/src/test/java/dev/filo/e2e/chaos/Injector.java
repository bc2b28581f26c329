package dev.filo.e2e.chaos;

import dev.filo.e2e.chaos.Net.State;
import dev.filo.proto.feed.v1.FeedServiceGrpc;
import dev.filo.proto.feed.v1.WatchRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiPredicate;

/** Makes faults begin and end. */
final class Injector {
  private static final int SLOW_CONSUMERS = 20;

  private final Net net;
  private final ReplicaSet database;
  private final Fleet fleet;
  private final Surroundings around;
  private final Optional<Disk> disk;

  Injector(Net net, ReplicaSet database, Fleet fleet, Surroundings around, Optional<Disk> disk) {
    this.around = around;
    this.net = net;
    this.database = database;
    this.fleet = fleet;
    this.disk = disk;
  }

  /** What ends a fault. */
  interface End {
    /** Ends it. */
    void now() throws IOException;
  }

  /**
   * A fault that has begun.
   *
   * @param who what it happens to, in words
   */
  record Begun(String who, End end) {}

  /** Begins a fault. */
  Begun begin(Fault fault) throws IOException {
    var replica = fleet.replicas().get(fault.number() % fleet.replicas().size());
    var name = replica.name();
    return switch (fault.kind()) {
      case KILL_SERVICE -> {
        fleet.awaitSome(); // both replicas of a service may be away for a while, not for ever
        replica.running().killAndRestart();
        yield new Begun(name, () -> {});
      }
      case STOP_SERVICE -> stopped(replica.running());
      case KILL_PRIMARY -> killed(database.members().get(database.awaitPrimary()));
      case STOP_PRIMARY -> stopped(database.members().get(database.awaitPrimary()));
      case KILL_SECONDARY -> killed(database.members().get(other(database.awaitPrimary(), fault)));
      case ISOLATE_PRIMARY -> {
        var primary = ReplicaSet.name(database.awaitPrimary());
        yield changed(
            primary, State.HELD, (from, to) -> from.equals(primary) || to.equals(primary));
      }
      case DESERT_PRIMARY -> {
        var primary = ReplicaSet.name(database.awaitPrimary());
        yield changed(
            primary,
            State.CUT,
            (from, to) ->
                (from.equals(primary) && ReplicaSet.isMember(to))
                    || (to.equals(primary) && ReplicaSet.isMember(from)));
      }
      case CUT_MEMBERS -> {
        int one = fault.number() % database.members().size();
        var here = ReplicaSet.name(one);
        var there = ReplicaSet.name(other(one, fault));
        yield changed(here + " and " + there, State.CUT, between(here, there));
      }
      case HOLD_DATABASE -> changed(name, State.HELD, toDatabase(name));
      case CUT_DATABASE -> changed(name, State.CUT, toDatabase(name));
      case HOLD_SERVICE -> changed(name, State.HELD, (from, to) -> to.equals(name));
      case CUT_CLIENTS -> changed(name, State.CUT, between(Net.CLIENTS, name));
      case CUT_SERVICES -> changed("services", State.CUT, Injector::amongServices);
      case SLOW_DATABASE ->
          changed(
              "all",
              State.SLOW,
              (from, to) -> ReplicaSet.isMember(to) && !ReplicaSet.isMember(from));
      case SLOW_SERVICES -> changed("all", State.SLOW, (from, to) -> !ReplicaSet.isMember(to));
      case LOSE_ANSWERS -> changed(name, State.DEAF, between(Net.CLIENTS, name));
      case LOSE_ANSWERS_BETWEEN_SERVICES ->
          changed("services", State.DEAF, Injector::amongServices);
      case LOSE_ANSWERS_OF_DATABASE -> changed(name, State.DEAF, toDatabase(name));
      case WRONG_CLOCK -> wrongClock(fault);
      case SLOW_CONSUMERS -> slowConsumers(replica);
      case FULL_DISK -> fullDisk();
    };
  }

  private Begun wrongClock(Fault fault) {
    var settable =
        fleet.replicas().stream().filter(replica -> replica.clock().isPresent()).toList();
    var replica = settable.get(fault.number() % settable.size());
    var clock = replica.clock().orElseThrow();
    long most = Clock.WRONG_MAX.toMillis();
    var offset = Duration.ofMillis(new Random(fault.number()).nextLong(-most, most));
    clock.isWrongBy(offset);
    return new Begun(
        "%s by %+.1f s".formatted(replica.name(), offset.toMillis() / 1000.0),
        () -> clock.isWrongBy(Duration.ZERO));
  }

  /** Each has asked for everything from the beginning, and takes no message. */
  private Begun slowConsumers(Replica replica) {
    var channel = replica.newChannel();
    for (int i = 0; i < SLOW_CONSUMERS; i++) {
      FeedServiceGrpc.newBlockingV2Stub(channel)
          .withCallCredentials(fleet.credentials(replica.service(), around))
          .watch(WatchRequest.getDefaultInstance());
    }
    return new Begun(replica.name(), channel::shutdownNow);
  }

  private Begun fullDisk() throws IOException {
    var full = disk.orElseThrow();
    var member = database.members().get(full.member());
    full.fill();
    return new Begun(
        member.name(),
        () -> {
          full.empty();
          if (member.isAlive()) {
            return; // it wrote nothing meanwhile
          }
          member.start();
        });
  }

  private static Begun killed(Running process) throws IOException {
    process.killAndRestart();
    return new Begun(process.name(), () -> {});
  }

  private static Begun stopped(Running process) {
    process.pause();
    return new Begun(process.name(), process::resume);
  }

  private Begun changed(String who, State state, BiPredicate<String, String> which) {
    net.set(state, which);
    return new Begun(who, () -> net.set(State.OPEN, which));
  }

  private int other(int member, Fault fault) {
    int members = database.members().size();
    return (member + 1 + fault.number() % (members - 1)) % members;
  }

  private static BiPredicate<String, String> between(String one, String other) {
    return (from, to) ->
        List.of(from, to).equals(List.of(one, other))
            || List.of(from, to).equals(List.of(other, one));
  }

  private static BiPredicate<String, String> toDatabase(String name) {
    return (from, to) -> from.equals(name) && ReplicaSet.isMember(to);
  }

  private static boolean amongServices(String from, String to) {
    return !from.equals(Net.CLIENTS) && !ReplicaSet.isMember(from) && !ReplicaSet.isMember(to);
  }

  /** Makes sure that nothing is faulty any more, whatever has happened. */
  void endAll() throws IOException {
    net.set(State.OPEN, (from, to) -> true);
    for (Replica replica : fleet.replicas()) {
      replica.running().resume();
      replica.clock().ifPresent(clock -> clock.isWrongBy(Duration.ZERO));
    }
    if (disk.isPresent()) {
      disk.get().empty();
    }
    for (Running member : database.members()) {
      member.resume();
      member.start();
    }
  }
}
