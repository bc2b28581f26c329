package dev.filo.identity.webauthn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class RelyingPartyTest {
  @Test
  void party_isThePublicUrlsHost_andItsOriginHasItsPort() {
    var party = RelyingParty.of("https://shop.example.com", "", "Shop", Set.of());
    assertThat(party.id()).isEqualTo("shop.example.com");
    assertThat(party.origins()).containsExactly("https://shop.example.com");
    assertThat(RelyingParty.of("http://localhost:8080", "", "Shop", Set.of()).origins())
        .containsExactly("http://localhost:8080");
  }

  @Test
  void party_ofADomainAbove_hasTheAppsToo() {
    var app = "android:apk-key-hash:abc";
    var party = RelyingParty.of("https://shop.example.com", "example.com", "Shop", Set.of(app));
    assertThat(party.id()).isEqualTo("example.com");
    assertThat(party.origins()).containsExactlyInAnyOrder("https://shop.example.com", app);
  }

  @Test
  void party_ofAnAddress_isNone() {
    assertThat(RelyingParty.of("http://192.0.2.7:8080", "", "Shop", Set.of()).id()).isEmpty();
    assertThat(RelyingParty.of("http://[2001:db8::7]:8080", "", "Shop", Set.of()).id()).isEmpty();
    assertThat(
            new WebAuthnCeremonies(RelyingParty.of("http://192.0.2.7", "", "Shop", Set.of()))
                .served())
        .isFalse();
  }
}
