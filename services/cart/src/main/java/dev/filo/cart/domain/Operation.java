package dev.filo.cart.domain;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/** One change of a cart, with an id that makes repeating it harmless. */
public sealed interface Operation {
  /** The client's own id, unique within the cart. */
  String id();

  /** What the name of a line begins with that is named by the operation that made it. */
  String MADE_BY = "op:";

  /**
   * Adds pieces.
   *
   * @param campaign whose link led to it; empty when none did
   */
  record Add(String id, String sku, int quantity, String campaign) implements Operation {
    /** Without a campaign. */
    public Add(String id, String sku, int quantity) {
      this(id, sku, quantity, "");
    }
  }

  /** Sees to it that there are as many pieces at least; what a link does. */
  record Bring(String id, String sku, int quantity) implements Operation {}

  /**
   * Sets a line's pieces; 0 takes it out.
   *
   * @param seen the pieces the device showed; 0 when it did not say. Does not matter to what is
   *     done.
   */
  record SetQuantity(String id, String line, int quantity, int seen) implements Operation {
    /** Without saying what was shown. */
    public SetQuantity(String id, String line, int quantity) {
      this(id, line, quantity, 0);
    }
  }

  /** Takes a line out for good. */
  record Remove(String id, String line) implements Operation {}

  /** Puts a line by for later. */
  record SaveForLater(String id, String line) implements Operation {}

  /** Takes a saved line back into the cart. */
  record MoveToCart(String id, String line) implements Operation {}

  /** Proposes a line; agents only. */
  record Propose(String id, String sku, int quantity, String note) implements Operation {}

  /** Takes a proposal into the cart; customers only. */
  record Accept(String id, String proposal) implements Operation {}

  /** Declines a proposal; customers only. */
  record Decline(String id, String proposal) implements Operation {}

  /** Writes a word on a line; an empty one takes it away. */
  record Note(String id, String line, String text) implements Operation {}

  /** Says how a line should come to her. */
  record ChooseFulfilment(String id, String line, Fulfilment fulfilment) implements Operation {}

  /** Puts a voucher on, in the place of another. */
  record ApplyVoucher(String id, String code) implements Operation {}

  /** Takes a voucher off. */
  record RemoveVoucher(String id, String code) implements Operation {}

  /** Takes out again what a merge brought; customers only. */
  record UndoMerge(String id, String merge) implements Operation {}

  /** Asks to change the cart directly; agents only. */
  record AskToEdit(String id) implements Operation {}

  /** Lets agents change the cart directly; customers only. */
  record AllowEditing(String id, Duration duration) implements Operation {}

  /** Ends that. */
  record EndEditing(String id) implements Operation {}

  /**
   * Takes out what was ordered, and no piece more: the service's own.
   *
   * @param order {@code orders/x}
   * @param voucher the voucher that was used; empty when none was
   */
  record TakeOrdered(String id, String order, List<Taken> pieces, String voucher)
      implements Operation {
    /** Copies what can change. */
    public TakeOrdered {
      pieces = List.copyOf(pieces);
    }
  }

  /** Pieces that were ordered of a line. */
  record Taken(String line, String sku, int quantity) {}

  /** What the cart remembers the operation by: 32 hexadecimal digits, however long the id. */
  default String key() {
    return HexFormat.of().formatHex(sha256(id()), 0, 16);
  }

  /** Tells operations of one id apart by what they do. */
  default long content() {
    var text =
        switch (this) {
          case Add(var id, var sku, var quantity, var campaign) ->
              "add " + sku + " " + quantity + (campaign.isEmpty() ? "" : " " + campaign);
          case Bring(var id, var sku, var quantity) -> "bring " + sku;
          case SetQuantity(var id, var line, var quantity, var seen) ->
              "set " + quantity + " " + line;
          case Remove(var id, var line) -> "remove " + line;
          case SaveForLater(var id, var line) -> "save " + line;
          case MoveToCart(var id, var line) -> "back " + line;
          case Propose(var id, var sku, var quantity, var note) ->
              "propose " + sku + " " + quantity + " " + note;
          case Accept(var id, var proposal) -> "accept " + proposal;
          case Decline(var id, var proposal) -> "decline " + proposal;
          case Note(var id, var line, var words) -> "note " + line + " " + words;
          case ChooseFulfilment(var id, var line, var way) ->
              "fulfilment " + line + " " + way.kind() + " " + way.store();
          case ApplyVoucher(var id, var code) -> "voucher " + code;
          case RemoveVoucher(var id, var code) -> "no voucher " + code;
          case UndoMerge(var id, var merge) -> "undo " + merge;
          case AskToEdit(var id) -> "ask";
          case AllowEditing(var id, var duration) -> "allow " + duration;
          case EndEditing(var id) -> "end";
          case TakeOrdered(var id, var order, var pieces, var voucher) -> "take " + order;
        };
    return ByteBuffer.wrap(sha256(text)).getLong();
  }

  /** A text's SHA-256 in hexadecimal digits. */
  static String digest(String text) {
    return HexFormat.of().formatHex(sha256(text));
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
