package dev.filo.identity.webauthn;

import java.net.URI;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whom passkeys are for. It is configuration: what a request says of its host counts for nothing.
 *
 * @param id a domain; passkeys work on it and below; empty: there are none
 * @param name as devices show it
 * @param origins where the pages and apps are that may use them
 */
public record RelyingParty(String id, String name, Set<String> origins) {
  private static final Pattern ADDRESS = Pattern.compile("\\[.*]|[0-9.]+");

  /** Copies what can change. */
  public RelyingParty {
    origins = Set.copyOf(origins);
  }

  /**
   * The relying party of a public URL.
   *
   * @param id empty: the URL's host, if that is a name; browsers accept no addresses
   * @param more origins beside the URL's own, such as an app's {@code android:apk-key-hash:…}
   */
  public static RelyingParty of(String publicUrl, String id, String name, Set<String> more) {
    var url = URI.create(publicUrl);
    var host = url.getHost() == null ? "" : url.getHost();
    var origins = new LinkedHashSet<String>(more);
    origins.add(url.getScheme() + "://" + host + (url.getPort() < 0 ? "" : ":" + url.getPort()));
    var domain = id.isEmpty() ? (ADDRESS.matcher(host).matches() ? "" : host) : id;
    return new RelyingParty(domain, name, origins);
  }
}
