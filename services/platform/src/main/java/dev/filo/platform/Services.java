package dev.filo.platform;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Runs services. */
public final class Services {
  private Services() {}

  /**
   * Runs a service that speaks gRPC only, with the configuration file of its name.
   *
   * @param application its configuration; only what it imports and scans is loaded, so that several
   *     services can live in one JVM
   * @param name its short name: {@code cart}
   */
  public static ConfigurableApplicationContext run(
      Class<?> application, String name, String... args) {
    return builder(application, name).web(WebApplicationType.NONE).run(args);
  }

  /** As {@link #run}, to be completed by a service that also has a web server. */
  public static SpringApplicationBuilder builder(Class<?> application, String name) {
    Map<String, Object> defaults = new HashMap<>();
    defaults.put("spring.config.name", name);
    defaults.put("spring.application.name", name);
    defaults.put("spring.main.banner-mode", "off");
    defaults.put("spring.jmx.enabled", "false");
    defaults.put("spring.main.log-startup-info", "false");
    // All threads of a gRPC server are daemons: without this the process would end when it has
    // started.
    defaults.put("spring.main.keep-alive", "true");
    defaults.put("filo.service", name);
    return new SpringApplicationBuilder(application).properties(defaults);
  }
}
