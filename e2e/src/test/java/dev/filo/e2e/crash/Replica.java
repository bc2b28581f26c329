package dev.filo.e2e.crash;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One replica of a service: its executable jar as a process on an address of its own. */
final class Replica implements AutoCloseable {
  private final String service;
  private final String address;
  private final int port;
  private final List<String> command;
  private final Path log;
  private final ManagedChannel channel;
  private volatile Process process;

  Replica(String service, String address, int port, Path hosts, List<String> properties, Path logs)
      throws IOException {
    this.service = service;
    this.address = address;
    this.port = port;
    this.log = logs.resolve(service + "-" + address + ".log");
    var parts = new ArrayList<String>();
    parts.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    parts.addAll(
        List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Djdk.net.hosts.file=" + hosts,
            "-jar",
            jar(service).toString(),
            "--filo.grpc.listen=" + address + ":" + port));
    parts.addAll(properties);
    this.command = List.copyOf(parts);
    this.channel = NettyChannelBuilder.forAddress(address, port).usePlaintext().build();
    this.process = launch();
  }

  /** What calls it. */
  ManagedChannel channel() {
    return channel;
  }

  /** {@code inventory at 127.0.0.11}. */
  String name() {
    return service + " at " + address;
  }

  /** Its short name. */
  String service() {
    return service;
  }

  /** Whether it takes connections. */
  boolean listens() {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Ends it with SIGKILL and starts it again. */
  void killAndRestart() throws IOException {
    process.destroyForcibly();
    process.onExit().join();
    process = launch();
  }

  /** Starts it again when it has ended by itself; true when it had. */
  boolean restartIfEnded() throws IOException {
    if (process.isAlive()) {
      return false;
    }
    process = launch();
    return true;
  }

  /** The lines of its log that speak of a fault of ours. */
  List<String> faults() throws IOException {
    try (var lines = Files.lines(log)) {
      return lines.filter(line -> line.contains("incident")).limit(20).toList();
    }
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  private static Path jar(String service) throws IOException {
    try (var files = Files.list(Path.of("..", "services", service, "target"))) {
      return files
          .filter(
              file -> file.getFileName().toString().matches("filo-" + service + "-.*-exec\\.jar"))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("build services/" + service + " first"));
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    process.destroy();
    try {
      if (!process.waitFor(15, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
