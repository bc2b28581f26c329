package dev.filo.platform.grpc;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/** Page tokens (AIP-158): opaque to clients, a position to us. */
public final class PageTokens {
  private static final String MARK = "p1:";

  private PageTokens() {}

  /** The token for a position; empty for an empty position. */
  public static String token(String position) {
    return position.isEmpty()
        ? ""
        : Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString((MARK + position).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The position of a token; empty for an empty token. INVALID_ARGUMENT with PAGE_TOKEN_INVALID for
   * a made-up one.
   */
  public static String position(String token) {
    if (token.isEmpty()) {
      return "";
    }
    try {
      var text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      if (text.startsWith(MARK)) {
        return text.substring(MARK.length());
      }
    } catch (IllegalArgumentException e) {
      throw Statuses.pageTokenInvalid();
    }
    throw Statuses.pageTokenInvalid();
  }

  /** A page size as asked for, or the default for 0. */
  public static int size(int asked, int byDefault) {
    return asked == 0 ? byDefault : asked;
  }

  /**
   * The number a token stands for: rows to skip, or a row's own number. 0 for an empty token;
   * INVALID_ARGUMENT with PAGE_TOKEN_INVALID for a made-up one.
   */
  public static int number(String token) {
    var position = position(token);
    try {
      return position.isEmpty() ? 0 : Integer.parseUnsignedInt(position);
    } catch (NumberFormatException e) {
      throw Statuses.pageTokenInvalid();
    }
  }

  /**
   * A page of rows that are counted.
   *
   * @param rows what was read: one more than fits, if there is one
   * @param size rows that fit
   * @param skipped rows before these
   */
  public static <T> Page<T> page(List<T> rows, int size, int skipped) {
    return page(rows, size, last -> Integer.toString(skipped + size));
  }

  /**
   * A page of rows that know their own position.
   *
   * @param rows what was read: one more than fits, if there is one
   * @param size rows that fit
   * @param next where the next page begins, told from the last row of this one
   */
  public static <T> Page<T> page(List<T> rows, int size, Function<T, String> next) {
    return rows.size() > size
        ? new Page<>(rows.subList(0, size), token(next.apply(rows.get(size - 1))))
        : new Page<>(rows, "");
  }

  /**
   * Rows that fit on a page.
   *
   * @param nextToken the token of the page after it; empty when this is the last
   */
  public record Page<T>(List<T> rows, String nextToken) {
    /** Copies the rows. */
    public Page {
      rows = List.copyOf(rows);
    }
  }
}
