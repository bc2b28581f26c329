package dev.filo.platform.mongo;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.cart.v1.ApplyCartOperationsRequest;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@StoreTest
class RequestsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final MongoCollection<Document> things;

  RequestsTest(MongoDatabase database) {
    things = database.getCollection("things");
  }

  @BeforeEach
  void aThing() {
    Mono.from(things.insertOne(new Document("_id", "a").append("count", 0))).block(PATIENCE);
  }

  private static ApplyCartOperationsRequest request(String id, String etag) {
    return ApplyCartOperationsRequest.newBuilder()
        .setName("customers/c1/cart")
        .setEtag(etag)
        .setRequestId(id)
        .build();
  }

  private static Cart cart(String etag) {
    return Cart.newBuilder().setEtag(etag).build();
  }

  /** The write of a request that counts; how many documents it changed. */
  private long count(ApplyCartOperationsRequest request, Cart answer) {
    var id = request.getRequestId();
    return Mono.from(
            things.updateOne(
                and(eq("_id", "a"), Requests.notSeen(id)),
                Updates.combine(
                    Updates.inc("count", 1),
                    Requests.remember(id, request, answer, MutableClock.START))))
        .map(result -> result.getModifiedCount())
        .blockOptional(PATIENCE)
        .orElse(-1L);
  }

  private Document thing() {
    return Mono.from(things.find(eq("_id", "a")).first()).blockOptional(PATIENCE).orElseThrow();
  }

  @Test
  void aRepeatedRequestGetsTheFirstAnswerAndHasNoSecondEffect() {
    assertThat(count(request("r1", "x"), cart("first"))).isEqualTo(1);
    assertThat(count(request("r1", "x"), cart("second"))).isZero();
    assertThat(Docs.number(thing(), "count")).isEqualTo(1);
    assertThat(Requests.answer(thing(), "r1", request("r1", "x"), Cart.parser()))
        .contains(cart("first"));
  }

  @Test
  void ofManyAtOnceOneHasItsEffect() {
    var changed =
        Flux.range(0, 16)
            .flatMap(
                i ->
                    things.updateOne(
                        and(eq("_id", "a"), Requests.notSeen("r1")),
                        Updates.combine(
                            Updates.inc("count", 1),
                            Requests.remember(
                                "r1", request("r1", "x"), cart("a" + i), MutableClock.START))),
                16)
            .map(result -> result.getModifiedCount())
            .collectList()
            .blockOptional(PATIENCE)
            .orElseThrow();
    assertThat(changed).hasSize(16).containsOnlyOnce(1L);
    assertThat(Docs.number(thing(), "count")).isEqualTo(1);
  }

  @Test
  void theSameIdWithOtherContentIsRefused() {
    count(request("r1", "x"), cart("first"));
    assertThatThrownBy(() -> Requests.answer(thing(), "r1", request("r1", "y"), Cart.parser()))
        .matches(
            error -> Statuses.isReason(error, ErrorReason.ERROR_REASON_REQUEST_ID_REUSED),
            "REQUEST_ID_REUSED");
  }

  @Test
  void anUnknownOrEmptyIdHasNoAnswer() {
    count(request("r1", "x"), cart("first"));
    assertThat(Requests.answer(thing(), "r2", request("r2", "x"), Cart.parser())).isEmpty();
    assertThat(Requests.answer(thing(), "", request("", "x"), Cart.parser())).isEmpty();
    assertThat(Requests.answer(new Document(), "r1", request("r1", "x"), Cart.parser())).isEmpty();
  }

  @Test
  void withoutAnIdEveryRequestIsNew() {
    for (int i = 0; i < 2; i++) {
      Mono.from(
              things.updateOne(and(eq("_id", "a"), Requests.notSeen("")), Updates.inc("count", 1)))
          .block(PATIENCE);
    }
    assertThat(Docs.number(thing(), "count")).isEqualTo(2);
  }

  @Test
  void theNewestFiftyAreKept() {
    IntStream.rangeClosed(1, Requests.KEPT + 5)
        .forEach(i -> count(request("r" + i, "x"), cart("c" + i)));
    assertThat(Requests.answer(thing(), "r5", request("r5", "x"), Cart.parser())).isEmpty();
    assertThat(Requests.answer(thing(), "r6", request("r6", "x"), Cart.parser()))
        .contains(cart("c6"));
    assertThat(Requests.answer(thing(), "r55", request("r55", "x"), Cart.parser()))
        .contains(cart("c55"));
  }

  @Test
  void theHashIsOfTheContentNotOfTheId() {
    assertThat(Requests.hash(request("r1", "x")))
        .isEqualTo(Requests.hash(request("r2", "x")))
        .isNotEqualTo(Requests.hash(request("r1", "y")))
        .hasSize(32);
  }
}
