package dev.filo.pos.sync;

import dev.filo.pos.gateway.GatewayException;
import dev.filo.pos.journal.Item;
import dev.filo.proto.inventory.v1.MovementResult;
import java.util.List;

/** What a try to send an entry came to. */
public sealed interface Settled {
  /** The entry. */
  Item item();

  /**
   * The gateway has it.
   *
   * @param results one for each line
   */
  record Done(Item item, List<MovementResult> results) implements Settled {
    /** Copies the list. */
    public Done {
      results = List.copyOf(results);
    }
  }

  /**
   * The gateway did not take it, or not all of it; it stays until somebody deals with it.
   *
   * @param results one for each line; empty when it was refused as a whole
   */
  record Refused(Item item, List<MovementResult> results) implements Settled {
    /** Copies the list. */
    public Refused {
      results = List.copyOf(results);
    }
  }

  /** It still waits. */
  record Waits(Item item, GatewayException why) implements Settled {}
}
