package dev.filo.identity.webauthn;

import dev.filo.platform.operation.Check;
import dev.filo.platform.operation.Finding;
import java.net.URI;
import reactor.core.publisher.Mono;

/** Tells an operator whether the passkeys' domain fits the address people use. */
public final class PasskeyDomainCheck implements Check {
  private static final String PASSKEYS = "passkeys";

  private final RelyingParty party;
  private final String publicUrl;

  /** Compares whom passkeys are for with the public URL. */
  public PasskeyDomainCheck(RelyingParty party, String publicUrl) {
    this.party = party;
    this.publicUrl = publicUrl;
  }

  @Override
  public Mono<Finding> look() {
    return Mono.fromSupplier(this::finding);
  }

  private Finding finding() {
    var url = URI.create(publicUrl);
    var host = url.getHost() == null ? "" : url.getHost();
    var domain = party.id();
    if (domain.isEmpty()) {
      return Finding.good(
          PASSKEYS, "There are none: the public URL " + publicUrl + " has no name in it.");
    }
    if (!host.equals(domain) && !host.endsWith("." + domain)) {
      return Finding.bad(
          PASSKEYS,
          "They are for " + domain + ", but people use " + publicUrl + ".",
          "Set filo.identity.passkeys.domain to the host of the public URL or a domain above it;"
              + " passkeys made for another domain are worthless there.");
    }
    if (!"https".equals(url.getScheme()) && !host.equals("localhost")) {
      return Finding.doubtful(
          PASSKEYS,
          "They are for " + domain + ", but the public URL is not https: no browser offers them.",
          "Serve the shop over https and say so in the public URL.");
    }
    return Finding.good(PASSKEYS, "They are for " + domain + ", which fits " + publicUrl + ".");
  }
}
