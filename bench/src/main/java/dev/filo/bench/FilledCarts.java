package dev.filo.bench;

import dev.filo.bench.Shop.Guest;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Carts of the shop with goods in them.
 *
 * @param lines the id of each one's first line
 */
record FilledCarts(Shop shop, List<Guest> guests, List<String> lines) {
  private static final Duration WAIT = Duration.ofMinutes(10);
  private static final int BATCH = 100;
  private static final int AT_ONCE = 8;
  private static final String PATH = "/v1/customers/me/cart";

  /** Fills a cart for each of so many new guests. */
  static FilledCarts of(Shop shop, int count, List<String> skus) {
    var guests = shop.guests(count);
    var lines =
        Flux.fromIterable(guests)
            .flatMapSequential(guest -> fill(shop, guest, skus), AT_ONCE)
            .collectList()
            .blockOptional(WAIT)
            .orElseThrow();
    return new FilledCarts(shop, guests, lines);
  }

  private static Mono<String> fill(Shop shop, Guest guest, List<String> skus) {
    return Flux.fromIterable(skus)
        .buffer(BATCH)
        .concatMap(some -> shop.call("POST", PATH + ":apply", guest.token(), add(some)).retry(5))
        .last()
        .map(cart -> cart.path("lines").path(0).path("id").asString(""));
  }

  private static String add(List<String> skus) {
    return skus.stream()
        .map("{\"id\":\"add-%1$s\",\"add\":{\"sku\":\"%1$s\",\"quantity\":1}}"::formatted)
        .collect(Collectors.joining(",", "{\"operations\":[", "]}"));
  }

  /** How many there are. */
  int count() {
    return guests.size();
  }

  /** The first of them. */
  FilledCarts first(int count) {
    int most = Math.min(count, count());
    return new FilledCarts(shop, guests.subList(0, most), lines.subList(0, most));
  }

  /** What tells the cart of this request from others in the database. */
  String id(int number) {
    return id(guest(number).customer());
  }

  /** The same, by the customer's name. */
  static String id(String customer) {
    return customer.substring(customer.indexOf('/') + 1);
  }

  /** Reads the cart of this request. */
  boolean read(int number) {
    return shop.isDone("GET", PATH, guest(number).token(), "");
  }

  /** Sets the quantity of the first line of this request's cart. */
  boolean change(int number) {
    return shop.isDone(
        "POST",
        PATH + ":apply",
        guest(number).token(),
        quantity(number, "q" + number, 1 + number % 9));
  }

  /** The same; the cart after it. */
  Mono<JsonNode> change(int number, String operation, int quantity) {
    return shop.call(
        "POST", PATH + ":apply", guest(number).token(), quantity(number, operation, quantity));
  }

  private String quantity(int number, String operation, int quantity) {
    return "{\"operations\":[{\"id\":\"%s\",\"setQuantity\":{\"line\":\"%s\",\"quantity\":%d}}]}"
        .formatted(operation, lines.get(number % count()), quantity);
  }

  /** A watch of a cart: its text as it comes. */
  static Flux<String> watch(Shop shop, Guest guest) {
    return shop.watch(PATH + ":watch", guest.token());
  }

  private Guest guest(int number) {
    return guests.get(number % count());
  }
}
