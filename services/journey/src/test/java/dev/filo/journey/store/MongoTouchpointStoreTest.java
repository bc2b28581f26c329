package dev.filo.journey.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.journey.domain.Touchpoint;
import dev.filo.journey.service.Timelines;
import dev.filo.journey.service.TouchpointStore;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@StoreTest
class MongoTouchpointStoreTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Instant NOW = Instant.parse("2026-03-02T09:00:00Z");
  private static final String JULIA = "customers/julia";
  private static final String GUEST = "customers/guest";

  private final TouchpointStore store;
  private final Timelines timelines;

  MongoTouchpointStoreTest(MongoDatabase database) {
    var mongo = new MongoTouchpointStore(database);
    mongo.prepare();
    store = mongo;
    timelines = new Timelines(store, InstantSource.fixed(NOW));
  }

  private static Touchpoint seen(String id, String customer, int second) {
    return new Touchpoint(
        Touchpoint.Source.EVENT,
        id,
        customer,
        NOW.plusSeconds(second),
        "web",
        "cart_add",
        "products/sofa",
        "customer",
        "Divano");
  }

  private int insert(Touchpoint... touchpoints) {
    return Objects.requireNonNull(timelines.keep(List.of(touchpoints)).block(PATIENCE));
  }

  private List<Touchpoint> page(String customer, TouchpointStore.@Nullable Place place, int limit) {
    return Objects.requireNonNull(store.before(customer, place, limit).block(PATIENCE));
  }

  @Test
  void insert_again_changesNothing() {
    assertThat(insert(seen("1", JULIA, 0), seen("2", JULIA, 1))).isEqualTo(2);
    assertThat(insert(seen("2", GUEST, 9), seen("3", JULIA, 2), seen("3", JULIA, 2))).isEqualTo(1);
    assertThat(page(JULIA, null, 10))
        .containsExactly(seen("3", JULIA, 2), seen("2", JULIA, 1), seen("1", JULIA, 0));
    assertThat(page(GUEST, null, 10)).isEmpty();
  }

  @Test
  void before_pagesWithoutGapsOrRepetitions_evenWithinOneInstant() {
    var all = new ArrayList<Touchpoint>();
    for (int i = 0; i < 25; i++) {
      all.add(seen(String.format("%02d", i), JULIA, i / 10));
    }
    insert(all.toArray(Touchpoint[]::new));
    var found = new ArrayList<Touchpoint>();
    TouchpointStore.Place place = null;
    while (true) {
      var page = page(JULIA, place, 7);
      if (page.isEmpty()) {
        break;
      }
      found.addAll(page);
      place = new TouchpointStore.Place(page.getLast().time(), page.getLast().key());
    }
    assertThat(found).isEqualTo(all.reversed());
  }

  @Test
  void merge_movesWhatIsThere_andWhatComesLate() {
    insert(seen("1", GUEST, 0), seen("2", JULIA, 1));
    timelines.merge(JULIA, GUEST).block(PATIENCE);
    timelines.merge(JULIA, GUEST).block(PATIENCE);
    insert(seen("3", GUEST, 2));
    assertThat(page(JULIA, null, 10)).extracting(Touchpoint::id).containsExactly("3", "2", "1");
    timelines.merge("customers/older", JULIA).block(PATIENCE);
    insert(seen("4", GUEST, 3));
    assertThat(page("customers/older", null, 10)).hasSize(4);
    assertThat(page(JULIA, null, 10)).isEmpty();
  }

  @Test
  void merge_whileEventsCome_losesNone() {
    var keeps =
        Flux.range(0, 100)
            .flatMap(
                i ->
                    timelines
                        .keep(List.of(seen("e" + i, GUEST, i)))
                        .subscribeOn(Schedulers.parallel()),
                16);
    Mono.when(keeps, timelines.merge(JULIA, GUEST).subscribeOn(Schedulers.parallel()))
        .block(PATIENCE);
    assertThat(page(JULIA, null, 200)).hasSize(100);
  }
}
