package dev.filo.catalog;

import dev.filo.platform.PlatformConfiguration;
import dev.filo.platform.Services;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.annotation.Import;

/** The catalog as a process: products, variants, prices, stores and their calendars, search. */
@SpringBootConfiguration
@Import({PlatformConfiguration.class, CatalogConfiguration.class})
public class CatalogApplication {
  /** Runs it. */
  public static void main(String[] arguments) {
    Services.run(CatalogApplication.class, "catalog", arguments);
  }
}
