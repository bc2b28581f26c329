package dev.filo.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorsTest {
  @Test
  void read_whatWasWritten_inAnyOrder() {
    String cursor = Cursors.write(List.of("a", "b", "c"), new String[] {"1", "", "è".repeat(200)});
    assertThat(cursor).matches("[A-Za-z0-9_-]+");
    assertThat(Cursors.read(List.of("c", "x", "a", "b"), cursor))
        .containsExactly("è".repeat(200), "", "1", "");
    assertThat(Cursors.read(List.of("a"), Cursors.write(List.of("a"), new String[] {""})))
        .containsExactly("");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "abc", "AAAAAAAAAP8", "AAAAAAAA__9h"})
  void read_damaged_isNothing(String cursor) {
    assertThat(Cursors.read(List.of("a"), cursor)).isNull();
  }
}
