package dev.filo.platform.auth;

/** The names of the claims in the suite's access tokens, beside the registered ones of RFC 7519. */
public final class Claims {
  /** The roles, in lower case: {@code guest}, {@code store_staff}. A list. */
  public static final String ROLES = "roles";

  /** The stores of store staff and devices, as resource names. A list; absent for others. */
  public static final String STORES = "stores";

  /** The OAuth client, as in RFC 9068. */
  public static final String CLIENT_ID = "client_id";

  /**
   * The channel the token is used on: {@code web}, {@code app}, {@code desk}, {@code store}, {@code
   * till}.
   */
  public static final String CHANNEL = "channel";

  /** The device as its owner named it; absent when it was not named. */
  public static final String DEVICE = "device";

  /** The name to show to others; absent for customers. */
  public static final String NAME = "name";

  /**
   * The subject whose things came along at this sign-in and are the caller's now; absent when none
   * did.
   */
  public static final String FORMER = "former";

  /** The session, which all tokens of one sign-in share. */
  public static final String SESSION = "sid";

  /** The audience of every access token. */
  public static final String AUDIENCE = "filo";

  private Claims() {}
}
