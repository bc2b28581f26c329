package dev.filo.reservation.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.reservation.domain.Holdings;
import dev.filo.reservation.domain.Holdings.Claim;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@StoreTest
class MongoQuotaStoreTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Claim SOFA = new Claim("r1", Map.of("DIV.1", 2, "LAMP", 1));
  private static final Claim LAMP = new Claim("r2", Map.of("LAMP", 3));

  private final MongoDatabase database;
  private final MongoQuotaStore quotas;

  MongoQuotaStoreTest(MongoDatabase database) {
    this.database = database;
    quotas = new MongoQuotaStore(database);
  }

  private MongoQuotaStore.Seen find(String whose) {
    return Objects.requireNonNull(quotas.find(whose).block(PATIENCE));
  }

  @Test
  void replace_findsWhatWasWritten() {
    assertThat(find("customers/c").holdings()).isEqualTo(Holdings.NONE);
    quotas.replace("customers/c", find("customers/c"), Holdings.NONE.with(SOFA)).block(PATIENCE);
    var seen = find("customers/c");
    assertThat(seen.holdings().claims()).containsExactly(SOFA);
    quotas.replace("customers/c", seen, seen.holdings().with(LAMP)).block(PATIENCE);
    assertThat(find("customers/c").holdings().claims()).containsExactly(SOFA, LAMP);
    assertThat(find("customers/d").holdings()).isEqualTo(Holdings.NONE);
  }

  @Test
  void replace_overWhatIsOld_isStale() {
    var none = find("customers/c");
    quotas.replace("customers/c", none, Holdings.NONE.with(SOFA)).block(PATIENCE);
    assertThatThrownBy(
            () -> quotas.replace("customers/c", none, Holdings.NONE.with(LAMP)).block(PATIENCE))
        .isInstanceOf(StaleVersionException.class);
    var seen = find("customers/c");
    quotas.release("customers/c", "r1").block(PATIENCE);
    assertThatThrownBy(() -> quotas.replace("customers/c", seen, seen.holdings()).block(PATIENCE))
        .as("a release is a change too")
        .isInstanceOf(StaleVersionException.class);
    assertThat(find("customers/c").holdings().claims()).isEmpty();
  }

  @Test
  void replace_manyAtOnce_oneIsFirst() {
    var none = find("customers/c");
    var first =
        Flux.range(0, 16)
            .flatMap(
                i ->
                    quotas
                        .replace(
                            "customers/c", none, Holdings.NONE.with(new Claim("r" + i, Map.of())))
                        .thenReturn(true)
                        .onErrorResume(StaleVersionException.class, e -> Mono.just(false)),
                16)
            .filter(done -> done)
            .count()
            .block(PATIENCE);
    assertThat(first).isEqualTo(1);
  }

  @Test
  void release_ofWhatIsNotThere_changesNothing() {
    quotas.replace("customers/c", find("customers/c"), Holdings.NONE.with(SOFA)).block(PATIENCE);
    var seen = find("customers/c");
    quotas.release("customers/c", "other").block(PATIENCE);
    quotas.release("customers/d", "r1").block(PATIENCE);
    quotas.replace("customers/c", seen, seen.holdings()).block(PATIENCE);
    assertThat(find("customers/c").holdings().claims()).containsExactly(SOFA);
  }

  @Test
  void find_ofADocumentWithoutVersion_canBeReplaced() {
    Mono.from(
            database
                .getCollection("quotas")
                .insertOne(
                    new Document("_id", "customers/old")
                        .append("open", List.of(new Document("id", "r0").append("units", 2)))))
        .block(PATIENCE);
    var seen = find("customers/old");
    assertThat(seen.holdings().claims()).containsExactly(new Claim("r0", Map.of()));
    quotas.replace("customers/old", seen, seen.holdings().with(LAMP)).block(PATIENCE);
    assertThat(find("customers/old").holdings().claims()).hasSize(2);
  }
}
