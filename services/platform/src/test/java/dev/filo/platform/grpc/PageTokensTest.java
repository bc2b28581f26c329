package dev.filo.platform.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.filo.platform.grpc.PageTokens.Page;
import dev.filo.proto.api.v1.ErrorReason;
import java.util.List;
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

  @Test
  void aNumberIsReadBack_andWhatIsNoneIsRefused() {
    assertThat(PageTokens.number("")).isZero();
    assertThat(PageTokens.number(PageTokens.token("42"))).isEqualTo(42);
    for (var position : List.of("x", "-1", "99999999999")) {
      assertThatThrownBy(() -> PageTokens.number(PageTokens.token(position)))
          .matches(
              error -> Statuses.isReason(error, ErrorReason.ERROR_REASON_PAGE_TOKEN_INVALID),
              "PAGE_TOKEN_INVALID");
    }
  }

  @Test
  void aPageHasATokenOnlyWhenThereIsMore() {
    assertThat(PageTokens.page(List.of(), 2, 0)).isEqualTo(new Page<>(List.of(), ""));
    assertThat(PageTokens.page(List.of(1, 2), 2, 0)).isEqualTo(new Page<>(List.of(1, 2), ""));
    var full = PageTokens.page(List.of(1, 2, 3), 2, 4);
    assertThat(full.rows()).containsExactly(1, 2);
    assertThat(PageTokens.number(full.nextToken())).isEqualTo(6);
    var own = PageTokens.page(List.of("c", "b", "a"), 2, last -> last);
    assertThat(PageTokens.position(own.nextToken())).isEqualTo("b");
  }
}
