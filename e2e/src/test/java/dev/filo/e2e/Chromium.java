package dev.filo.e2e;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The browser the journeys are played in: this machine's Chromium. */
final class Chromium {
  /** What it is started with. */
  static final List<String> ARGS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  private Chromium() {}

  /** What drives it, with no browser of its own. */
  static Playwright playwright() {
    return Playwright.create(
        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
  }

  /** Starts it. */
  static Browser launch(Playwright playwright, Path chromium) {
    return playwright
        .chromium()
        .launch(new BrowserType.LaunchOptions().setExecutablePath(chromium).setArgs(ARGS));
  }

  /** Where it is: {@code FILO_CHROMIUM}, else on the PATH; empty when there is none. */
  static Optional<Path> find() {
    var told = System.getenv("FILO_CHROMIUM");
    if (told != null && !told.isBlank()) {
      return Optional.of(Path.of(told)).filter(Files::isExecutable);
    }
    var path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.concat(
            Stream.of("/usr/bin/chromium"),
            Stream.of(path.split(File.pathSeparator))
                .flatMap(
                    folder ->
                        Stream.of("chromium", "chromium-browser", "google-chrome")
                            .map(name -> folder + "/" + name)))
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }
}
