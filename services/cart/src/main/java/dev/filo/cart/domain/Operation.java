package dev.filo.cart.domain;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** One change of a cart, with an id that makes repeating it harmless. */
public sealed interface Operation {
  /** The client's own id, unique within the cart. */
  String id();

  /** Adds pieces. */
  record Add(String id, String sku, int quantity) implements Operation {}

  /** Sets a line's pieces; 0 takes it out. */
  record SetQuantity(String id, String line, int quantity) implements Operation {}

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

  /** What the cart remembers the operation by: 32 hexadecimal digits, however long the id. */
  default String key() {
    return HexFormat.of().formatHex(sha256(id()), 0, 16);
  }

  /** Tells operations of one id apart by what they do. */
  default long content() {
    var text =
        switch (this) {
          case Add(var id, var sku, var quantity) -> "add " + sku + " " + quantity;
          case SetQuantity(var id, var line, var quantity) -> "set " + quantity + " " + line;
          case Remove(var id, var line) -> "remove " + line;
          case SaveForLater(var id, var line) -> "save " + line;
          case MoveToCart(var id, var line) -> "back " + line;
          case Propose(var id, var sku, var quantity, var note) ->
              "propose " + sku + " " + quantity + " " + note;
          case Accept(var id, var proposal) -> "accept " + proposal;
          case Decline(var id, var proposal) -> "decline " + proposal;
        };
    return ByteBuffer.wrap(sha256(text)).getLong();
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
