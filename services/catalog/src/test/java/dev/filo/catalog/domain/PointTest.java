package dev.filo.catalog.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PointTest {
  @ParameterizedTest
  @CsvSource({
    "45.4642, 9.1900, 45.4642, 9.1900, 0",
    "45.4642, 9.1900, 41.9028, 12.4964, 476700", // Milan to Rome
    "0, 0, 0, 180, 20015115", // half around
    "89, 0, 89, 180, 222390", // over the pole
    "0, 179.9, 0, -179.9, 22239", // over the date line
  })
  void distanceMeters(double fromLat, double fromLon, double toLat, double toLon, double meters) {
    var from = new Point(fromLat, fromLon);
    var to = new Point(toLat, toLon);
    assertThat(from.distanceMeters(to)).isCloseTo(meters, within(meters / 200 + 1));
    assertThat(to.distanceMeters(from)).isEqualTo(from.distanceMeters(to), within(0.001));
  }

  @ParameterizedTest
  @CsvSource({"90.1, 0", "-90.1, 0", "0, 180.1", "NaN, 0", "0, NaN"})
  void notOnEarth_isRefused(double latitude, double longitude) {
    assertThatThrownBy(() -> new Point(latitude, longitude))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
