package dev.filo.e2e.chaos;

import dev.filo.e2e.Unpacked;
import dev.filo.suite.FreePorts;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One replica of a service: its executable jar as a process. It listens beside the port that
 * callers know; in between is the network.
 */
final class Replica implements AutoCloseable {
  private final String service;
  private final InetSocketAddress known;
  private final InetSocketAddress listens;
  private final ManagedChannel channel;
  private final Running running;
  private final @Nullable Clock clock;

  /**
   * Starts one.
   *
   * @param number tells it from its siblings: {@code inventory-1}
   * @param address where callers find it, at {@code port}
   * @param flaw how it is to be broken
   */
  Replica(String service, int number, String address, int port, Launch launch, Net net, Flaw flaw)
      throws IOException {
    this.service = service;
    var name = service + "-" + number;
    listens = new InetSocketAddress(address, FreePorts.next());
    net.relay(name, address, port, listens);
    known = new InetSocketAddress(address, port);
    channel = newChannel();
    var log = launch.logs.resolve(name + ".log");
    var listen = "--filo.grpc.listen=" + address + ":" + listens.getPort();
    // The first of a kind is as it is shipped.
    var alterable = number > 1 || flaw != Flaw.NONE;
    var time = launch.logs.resolve(name + ".clock");
    clock = alterable ? Clock.at(time) : null;
    running =
        new Running(
            name,
            alterable ? launch.altered(service, flaw, time, listen) : launch.command(listen),
            log,
            net);
  }

  /** How replicas are started. */
  record Launch(Path jar, Path hosts, Path logs, List<String> properties) {
    private static final int MEGABYTES = 256;

    private List<String> command(String listen) {
      var parts = java();
      parts.addAll(List.of("-jar", jar.toString(), listen));
      parts.addAll(properties);
      return parts;
    }

    /** The same jar, with classes of the tests behind its own. */
    private List<String> altered(String service, Flaw flaw, Path clock, String listen) {
      var parts = java();
      parts.addAll(
          List.of(
              "-D" + Altered.FLAW + "=" + flaw.name(),
              "-D" + Altered.CLOCK + "=" + clock,
              "-cp",
              jar + File.pathSeparator + Path.of("target", "test-classes"),
              Altered.class.getName(),
              service,
              listen));
      parts.addAll(properties);
      return parts;
    }

    private List<String> java() {
      var parts = Unpacked.java(MEGABYTES);
      parts.add("-Djdk.net.hosts.file=" + hosts);
      return parts;
    }
  }

  /** What calls it. */
  ManagedChannel channel() {
    return channel;
  }

  /** Another channel to it, of its own. */
  ManagedChannel newChannel() {
    return NettyChannelBuilder.forAddress(known).usePlaintext().build();
  }

  /** {@code inventory-1}. */
  String name() {
    return running.name();
  }

  /** Its short name. */
  String service() {
    return service;
  }

  /** Its process. */
  Running running() {
    return running;
  }

  /** Whether it takes connections. */
  boolean listens() {
    try (var socket = new Socket()) {
      socket.connect(listens, 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Its clock, when it can be set. */
  Optional<Clock> clock() {
    return Optional.ofNullable(clock);
  }

  /** Starts it again when it has ended by itself; true when it had. */
  boolean restartIfEnded() throws IOException {
    if (running.isAlive()) {
      return false;
    }
    running.start();
    return true;
  }

  /** The lines of its log that speak of a fault of ours. */
  List<String> faults() throws IOException {
    try (var lines = Files.lines(running.log())) {
      return lines.filter(line -> line.contains("incident")).limit(20).toList();
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    running.close();
  }
}
