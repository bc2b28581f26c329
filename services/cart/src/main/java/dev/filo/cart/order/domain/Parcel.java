package dev.filo.cart.order.domain;

import dev.filo.cart.domain.Fulfilment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lines that come to her together: fetched at one store, or sent from one warehouse.
 *
 * @param id names it within the order
 * @param pieces pieces by SKU
 * @param places where it may be sent from, the first choice first; of what is fetched: the store
 * @param place which of them is tried, or has it
 * @param reservation {@code reservations/x} once it is kept at a store; empty otherwise
 * @param title the store's name to show; empty before, and for what is sent
 */
public record Parcel(
    String id,
    Fulfilment fulfilment,
    Map<String, Integer> pieces,
    List<String> places,
    int place,
    State state,
    String reservation,
    String title) {
  /** What one reservation can have. */
  private static final int RESERVED_LINES_MAX = 20;

  /** Where it can stand. */
  public enum State {
    /** It is not known that its goods are kept; they may be. */
    PENDING,
    /** Its goods are kept. */
    SECURED,
    /** It leaves the warehouse. */
    LEAVING,
    /** She has it, or it is on its way. */
    HANDED_OVER,
    /** Its goods are free. */
    RELEASED
  }

  /** Copies what can change. */
  public Parcel {
    pieces = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(pieces));
    places = List.copyOf(places);
  }

  /** True when it is fetched. */
  public boolean isPickup() {
    return fulfilment.kind() == Fulfilment.Kind.PICKUP;
  }

  /** {@code stores/x} it is at, or tried at. */
  public String location() {
    return places.get(place);
  }

  /** The name of what keeps its goods, where it is tried: always the same. */
  public String hold(String order) {
    return "order-" + order + "-" + id + "-" + place;
  }

  /** True while its goods are, or may be, kept and not hers yet. */
  public boolean isOpen() {
    return state == State.PENDING || state == State.SECURED;
  }

  /** What its lines cost, in cents. */
  public long total(List<Order.Line> lines) {
    return lines.stream()
        .filter(line -> pieces.containsKey(line.sku()))
        .mapToLong(Order.Line::total)
        .sum();
  }

  Parcel secured(String name, String shown) {
    return new Parcel(id, fulfilment, pieces, places, place, State.SECURED, name, shown);
  }

  /** The same, to be tried at the next place; null when there is none. */
  @org.jspecify.annotations.Nullable
  Parcel elsewhere() {
    return place + 1 < places.size()
        ? new Parcel(id, fulfilment, pieces, places, place + 1, state, reservation, title)
        : null;
  }

  /** The same in another state. */
  public Parcel in(State next) {
    return new Parcel(id, fulfilment, pieces, places, place, next, reservation, title);
  }

  /**
   * The parcels of lines: what is fetched at one store, at most 20 SKUs each, and what is sent.
   *
   * @param warehouses where goods are sent from
   */
  public static List<Parcel> of(List<Order.Line> lines, List<String> warehouses) {
    var byWay = new LinkedHashMap<Fulfilment, LinkedHashMap<String, Integer>>();
    for (Order.Line line : lines) {
      byWay
          .computeIfAbsent(line.fulfilment(), way -> new LinkedHashMap<>())
          .merge(line.sku(), line.quantity(), Integer::sum);
    }
    var parcels = new ArrayList<Parcel>();
    byWay.forEach(
        (way, pieces) -> {
          boolean pickup = way.kind() == Fulfilment.Kind.PICKUP;
          var rest = new ArrayList<>(pieces.entrySet());
          int size = pickup ? RESERVED_LINES_MAX : rest.size();
          for (int from = 0; from < rest.size(); from += size) {
            var some = new LinkedHashMap<String, Integer>();
            rest.subList(from, Math.min(from + size, rest.size()))
                .forEach(entry -> some.put(entry.getKey(), entry.getValue()));
            parcels.add(
                new Parcel(
                    Integer.toString(parcels.size() + 1),
                    way,
                    some,
                    pickup ? List.of(way.store()) : warehouses,
                    0,
                    State.PENDING,
                    "",
                    ""));
          }
        });
    return List.copyOf(parcels);
  }
}
