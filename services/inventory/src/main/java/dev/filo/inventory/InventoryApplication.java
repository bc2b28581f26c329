package dev.filo.inventory;

import dev.filo.platform.PlatformConfiguration;
import dev.filo.platform.Services;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.annotation.Import;

/** Stock: what is where, what is promised, and everything that changed it. */
@SpringBootConfiguration
@Import({PlatformConfiguration.class, InventoryConfiguration.class})
public class InventoryApplication {
  /** Runs the service. */
  public static void main(String[] args) {
    Services.run(InventoryApplication.class, "inventory", args);
  }
}
