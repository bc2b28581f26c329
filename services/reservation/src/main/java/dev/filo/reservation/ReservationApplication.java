package dev.filo.reservation;

import dev.filo.platform.PlatformConfiguration;
import dev.filo.platform.Services;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.annotation.Import;

/** The reservation service: goods kept for a person at a store until a moment. */
@SpringBootConfiguration
@Import({PlatformConfiguration.class, ReservationConfiguration.class})
public class ReservationApplication {
  /** Runs it. */
  public static void main(String[] args) {
    Services.run(ReservationApplication.class, "reservation", args);
  }
}
