package dev.filo.identity;

import dev.filo.identity.web.WebConfiguration;
import dev.filo.platform.PlatformConfiguration;
import dev.filo.platform.Services;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Import;

/** Identity: who is this? Speaks gRPC, and HTTP where tokens are given. */
@SpringBootConfiguration(proxyBeanMethods = false)
@Import({PlatformConfiguration.class, IdentityConfiguration.class, WebConfiguration.class})
public class IdentityApplication {
  /** The application, to be run. */
  public static SpringApplicationBuilder builder() {
    return Services.builder(IdentityApplication.class, "identity").web(WebApplicationType.SERVLET);
  }

  /** Runs it. */
  public static void main(String[] args) {
    builder().run(args);
  }
}
