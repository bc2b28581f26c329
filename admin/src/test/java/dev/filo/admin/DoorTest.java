package dev.filo.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoorTest {
  @ParameterizedTest
  @CsvSource({
    "https://shop.example.com, till.example.com:9090, true",
    "HTTPS://shop.example.com, 10.0.0.7:9090, true",
    "https://shop.example.com, localhost.example.com:9090, true",
    "https://shop.example.com, localhost:9090, false",
    "https://shop.example.com, LOCALHOST:9090, false",
    "https://shop.example.com, 127.0.0.1:9090, false",
    "https://shop.example.com, [::1]:9090, false",
    "http://localhost:8080, till.example.com:9090, false",
  })
  void isTls_whenTheTargetIs_butNotToThisMachine(String target, String grpc, boolean isTls) {
    assertThat(Door.isTls(target, grpc)).isEqualTo(isTls);
  }
}
