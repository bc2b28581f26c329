package dev.filo.pos.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPairGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinTest {
  @Test
  void of_itsOwnText_isTheSame() throws Exception {
    var key = KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic();
    assertThat(Pin.parse(Pin.of(key).toString())).isEqualTo(Pin.of(key));
    var other = KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic();
    assertThat(Pin.of(other)).isNotEqualTo(Pin.of(key));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "sha1/AAAA", "sha256/", "sha256/AAAA", "sha256/!!!", "sha256:AAAA", "AAAA"})
  void parse_malformed_isSaid(String text) {
    assertThatThrownBy(() -> Pin.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pin");
  }
}
