package dev.filo.cart.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.testkit.Model;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Three devices, which send what they do once or several times, against a plain table. */
class CartModelTest {
  private static final Instant NOW = Instant.parse("2026-03-02T09:00:00Z");
  private static final List<String> SKUS = List.of("A", "B", "C");

  @Test
  void devicesThatRepeatThemselves_seeEachOperationOnce() {
    Model.of("a cart on three devices", Devices::new, CartModelTest::step)
        .invariant(Devices::check)
        .runs(400)
        .run();
  }

  private static Model.Step<Devices> step(Random random) {
    int device = random.nextInt(3);
    return switch (random.nextInt(6)) {
      case 0, 1 -> new Add(device, Model.oneOf(random, SKUS), 1 + random.nextInt(400));
      case 2 -> new Set_(device, random.nextInt(8), random.nextInt(5));
      case 3 -> new Take(device, random.nextInt(8));
      case 4 -> new Repeat(random.nextInt(1000));
      default -> new Merge(random.nextInt(1000));
    };
  }

  record Add(int device, String sku, int quantity) implements Model.Step<Devices> {
    @Override
    public void run(Devices devices) {
      devices.send(device, new Operation.Add(devices.nextId(device), sku, quantity));
    }
  }

  record Set_(int device, int line, int quantity) implements Model.Step<Devices> {
    @Override
    public void run(Devices devices) {
      devices
          .everSeen(line)
          .ifPresent(
              id ->
                  devices.send(
                      device, new Operation.SetQuantity(devices.nextId(device), id, quantity)));
    }
  }

  record Take(int device, int line) implements Model.Step<Devices> {
    @Override
    public void run(Devices devices) {
      devices
          .everSeen(line)
          .ifPresent(id -> devices.send(device, new Operation.Remove(devices.nextId(device), id)));
    }
  }

  record Repeat(int which) implements Model.Step<Devices> {
    @Override
    public void run(Devices devices) {
      devices.repeat(which);
    }
  }

  /** A guest's cart comes in; afterwards its operations are repeated as well. */
  record Merge(int quantity) implements Model.Step<Devices> {
    @Override
    public void run(Devices devices) {
      devices.merge(1 + quantity % 300);
    }
  }

  /** The cart and, beside it, how many pieces of each SKU there should be. */
  static final class Devices {
    private Cart cart = Cart.empty("customers/julia");
    private final Map<String, Integer> model = new HashMap<>();
    private final Map<String, String> skuOfLine = new HashMap<>();
    private final List<String> lines = new ArrayList<>();
    private final Set<String> gone = new HashSet<>();
    private final List<Operation> done = new ArrayList<>();
    private int ids;
    private int guests;

    String nextId(int device) {
      return "device-" + device + "-" + ids++;
    }

    java.util.Optional<String> everSeen(int line) {
      return line < lines.size()
          ? java.util.Optional.of(lines.get(line))
          : java.util.Optional.empty();
    }

    private Decision apply(Cart to, Operation operation) {
      var goods = new HashMap<String, Goods>();
      SKUS.forEach(sku -> goods.put(sku, CartTest.goods(sku)));
      return to.apply(
          List.of(operation),
          new Circumstances(
              new Origin("web", "PC", "customer", NOW),
              false,
              goods,
              Map.of(),
              id -> to.customer() + "/" + id));
    }

    void send(int device, Operation operation) {
      var decision = apply(cart, operation);
      boolean expected = expect(operation);
      assertThat(decision instanceof Decision.Changed).as(operation.toString()).isEqualTo(expected);
      if (decision instanceof Decision.Changed changed) {
        cart = changed.next();
        done.add(operation);
        see();
      }
    }

    private boolean expect(Operation operation) {
      switch (operation) {
        case Operation.Add add -> {
          int sum = model.getOrDefault(add.sku(), 0) + add.quantity();
          if (sum > Cart.QUANTITY_MAX) {
            return false;
          }
          model.put(add.sku(), sum);
          return true;
        }
        case Operation.SetQuantity set -> {
          var sku = skuOfLine.get(set.line());
          if (gone.contains(set.line())) {
            return set.quantity() == 0;
          }
          if (set.quantity() == 0) {
            model.remove(sku);
            gone.add(set.line());
          } else {
            model.put(sku, set.quantity());
          }
          return true;
        }
        case Operation.Remove remove -> {
          if (gone.add(remove.line())) {
            model.remove(skuOfLine.get(remove.line()));
          }
          return true;
        }
        default -> throw new IllegalStateException("not sent here");
      }
    }

    private void see() {
      for (Line line : cart.lines()) {
        if (skuOfLine.putIfAbsent(line.id(), line.sku()) == null) {
          lines.add(line.id());
        }
      }
    }

    void repeat(int which) {
      if (!done.isEmpty()) {
        var decision = apply(cart, done.get(which % done.size()));
        assertThat(decision).isEqualTo(new Decision.Unchanged(cart));
      }
    }

    void merge(int quantity) {
      var guest = Cart.empty("customers/guest-" + guests++);
      for (String sku : SKUS) {
        var add = new Operation.Add(nextId(9), sku, quantity);
        guest = ((Decision.Changed) apply(guest, add)).next();
        done.add(add);
        model.merge(sku, quantity, (a, b) -> Math.min(a + b, Cart.QUANTITY_MAX));
      }
      cart = cart.merge(guest, NOW);
      guest
          .lines()
          .forEach(
              line -> {
                if (cart.lines().stream().noneMatch(kept -> kept.id().equals(line.id()))) {
                  skuOfLine.put(line.id(), line.sku());
                  gone.add(line.id());
                }
              });
      see();
    }

    void check() {
      var pieces = new HashMap<String, Integer>();
      cart.lines().forEach(line -> pieces.merge(line.sku(), line.quantity(), Integer::sum));
      assertThat(pieces).isEqualTo(model);
      assertThat(cart.lines()).extracting(Line::sku).doesNotHaveDuplicates();
      assertThat(cart.lines()).noneMatch(line -> gone.contains(line.id()));
    }
  }
}
