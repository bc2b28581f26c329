package dev.filo.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpMetersTest {
  @ParameterizedTest
  @CsvSource({
    "/v1/customers/me/cart:apply, api",
    "/v1/watch?topic=x, watch",
    "/v1/customers/me/cart:watch, watch",
    "/oauth2/token, identity",
    "/login/code, identity",
    "/livez, health",
    "/, page",
    "/products/velvet-sofa, page",
  })
  void kind_isOneOfFew(String path, String kind) {
    assertThat(HttpMeters.kind(path)).isEqualTo(kind);
  }
}
