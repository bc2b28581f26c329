package dev.filo.catalog.domain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GtinTest {
  @ParameterizedTest
  @CsvSource({
    "4006381333931, true", // GTIN-13
    "4006381333930, false",
    "4006381339331, false", // two digits exchanged
    "73513537, true", // GTIN-8
    "73513536, false",
    "036000291452, true", // GTIN-12
    "10614141000415, true", // GTIN-14
    "10614141000416, false",
    "400638133393, false",
    "40063813, false",
    "123456789, false", // no GTIN has nine
    "'', false",
    "40063813339３1, false", // a digit of another script
  })
  void isValid(String gtin, boolean valid) {
    assertThat(Gtin.isValid(gtin)).isEqualTo(valid);
  }

  @ParameterizedTest
  @CsvSource({
    "4006381333931, 04006381333931",
    "73513537, 00000073513537",
    "10614141000415, 10614141000415",
    "123456789012345, 123456789012345",
  })
  void normal(String gtin, String normal) {
    assertThat(Gtin.normal(gtin)).isEqualTo(normal);
  }
}
