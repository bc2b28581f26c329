package dev.filo.conversation;

import dev.filo.platform.PlatformConfiguration;
import dev.filo.platform.Services;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.annotation.Import;

/** The conversation service: one thread per customer, over every channel. */
@SpringBootConfiguration
@Import({PlatformConfiguration.class, ConversationConfiguration.class})
public class ConversationApplication {
  /** Runs it. */
  public static void main(String[] args) {
    Services.run(ConversationApplication.class, "conversation", args);
  }
}
