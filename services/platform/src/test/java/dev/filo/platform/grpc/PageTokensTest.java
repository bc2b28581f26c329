package dev.filo.platform.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.filo.proto.api.v1.ErrorReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTokensTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "42", "sofà verde / 90°", "p1:", "a:b:c"})
  void aTokenIsItsPosition(String position) {
    var token = PageTokens.token(position);
    assertThat(token).matches("[A-Za-z0-9_-]*");
    assertThat(PageTokens.position(token)).isEqualTo(position);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "abcd", "%%%", "NDI", "cDI6NDI", "ü"})
  void aMadeUpTokenIsRefused(String token) {
    assertThatThrownBy(() -> PageTokens.position(token))
        .matches(
            error -> Statuses.isReason(error, ErrorReason.ERROR_REASON_PAGE_TOKEN_INVALID),
            "PAGE_TOKEN_INVALID");
  }

  @Test
  void noSizeIsTheDefault() {
    assertThat(PageTokens.size(0, 20)).isEqualTo(20);
    assertThat(PageTokens.size(7, 20)).isEqualTo(7);
  }
}
