package dev.filo.journey;

import dev.filo.platform.PlatformConfiguration;
import dev.filo.platform.Services;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.annotation.Import;

/** The journey service. */
@SpringBootConfiguration(proxyBeanMethods = false)
@Import({PlatformConfiguration.class, JourneyConfiguration.class})
public class JourneyApplication {
  /** Runs it. */
  public static void main(String[] args) {
    Services.run(JourneyApplication.class, "journey", args);
  }
}
