package dev.filo.telemetry;

/**
 * What a process was built from.
 *
 * @param version as its jar says; empty when it was not started from one
 * @param revision of the sources, as its image says; empty when not known
 */
public record Build(String version, String revision) {
  /** The build of this process. */
  public static Build of(String revision) {
    var version = Build.class.getPackage().getImplementationVersion();
    return new Build(version == null ? "" : version, revision);
  }
}
