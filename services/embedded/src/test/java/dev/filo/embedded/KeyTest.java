package dev.filo.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.Document;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyTest {

  @Test
  void ordersValuesAsAServerDoes() {
    List<Object> ordered =
        Arrays.asList(
            null,
            Double.NEGATIVE_INFINITY,
            Long.MIN_VALUE,
            -1.5,
            -1,
            0,
            0.5,
            1,
            1L << 60,
            (1L << 60) + 1,
            Long.MAX_VALUE,
            Double.POSITIVE_INFINITY,
            "",
            "a",
            "a\0",
            "a\0b",
            "ab",
            "é",
            new Document(),
            new Document("a", 1),
            new Document("a", 1).append("b", 1),
            new Document("a", 2),
            new BinData(new byte[] {1}),
            new BinData(new byte[] {1, 0}),
            false,
            true,
            Instant.EPOCH.minusMillis(1),
            Instant.EPOCH,
            Instant.EPOCH.plusMillis(1));
    for (int i = 0; i < ordered.size(); i++) {
      for (int j = 0; j < ordered.size(); j++) {
        assertThat(Integer.signum(Key.of(ordered.get(i)).compareTo(Key.of(ordered.get(j)))))
            .as("%s and %s", ordered.get(i), ordered.get(j))
            .isEqualTo(Integer.compare(i, j));
      }
    }
  }

  @Test
  void equalNumbersHaveOneKey() {
    assertThat(Key.of(5)).isEqualTo(Key.of(5L)).isEqualTo(Key.of(5.0));
    assertThat(Key.of(-0.0)).isEqualTo(Key.of(0));
  }

  @Test
  void noKeyBeginsAnother() {
    assertThat(Key.of("ab").startsWith(Key.of("a"))).isFalse();
    assertThat(Key.of("a").with(1).startsWith(Key.of("a"))).isTrue();
  }

  @Test
  void aTypeIsBeforeAllItsValues_andAfterWhatIsNotThere() {
    var dates = Key.of(Instant.EPOCH).type();
    assertThat(dates).isLessThan(Key.of(Instant.ofEpochMilli(Long.MIN_VALUE)));
    assertThat(Key.of(Instant.EPOCH).startsWith(dates)).isTrue();
    assertThat(dates).isGreaterThan(Key.of(null)).isGreaterThan(Key.of("z"));
  }
}
