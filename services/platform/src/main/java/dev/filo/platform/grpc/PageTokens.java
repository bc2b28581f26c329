package dev.filo.platform.grpc;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

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
}
