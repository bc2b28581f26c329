package dev.filo.conversation.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.conversation.domain.ChatThread.Said;
import dev.filo.conversation.domain.ChatThread.Speaker;
import dev.filo.conversation.domain.ChatThread.State;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatThreadTest {
  private static final Instant BEFORE = Instant.parse("2026-03-02T08:00:00Z");
  private static final Instant NOW = Instant.parse("2026-03-02T09:00:00Z");

  private static ChatThread thread(State state, @Nullable Instant waitingSince) {
    return new ChatThread("c", 3, state, "", "", "", true, waitingSince, 2, null, BEFORE);
  }

  private static Said said(String key, Speaker speaker) {
    return new Said(0, key, speaker, "", "Ciao", "chat", NOW, "", "");
  }

  @ParameterizedTest
  @CsvSource({
    // state, speaker, state after, waits from when nobody waited, and when she waited already
    "NEW,CUSTOMER,OPEN,now,before",
    "NEW,AGENT,OPEN,,",
    "NEW,SYSTEM,NEW,,before",
    "OPEN,CUSTOMER,OPEN,now,before",
    "OPEN,AGENT,OPEN,,",
    "OPEN,SYSTEM,OPEN,,before",
    "RESOLVED,CUSTOMER,OPEN,now,before",
    "RESOLVED,AGENT,RESOLVED,,",
    "RESOLVED,SYSTEM,RESOLVED,,before",
  })
  void afterSomethingWasSaid(
      State state, Speaker speaker, State after, @Nullable String fresh, @Nullable String waited) {
    var said = said("k", speaker);
    assertThat(thread(state, null).after(said)).isEqualTo(after);
    assertThat(told(thread(state, null).waitingAfter(said))).isEqualTo(fresh);
    assertThat(told(thread(state, BEFORE).waitingAfter(said))).isEqualTo(waited);
    // what was said elsewhere changes neither
    var copy = said(ChatThread.COPY + "x/1", speaker);
    assertThat(thread(state, BEFORE).after(copy)).isEqualTo(state);
    assertThat(thread(state, null).waitingAfter(copy)).isNull();
  }

  private static @Nullable String told(@Nullable Instant instant) {
    return instant == null ? null : instant.equals(NOW) ? "now" : "before";
  }
}
