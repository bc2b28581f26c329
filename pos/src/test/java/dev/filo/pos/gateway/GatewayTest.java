package dev.filo.pos.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.filo.pos.Door;
import dev.filo.pos.gateway.GatewayException.Kind;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.TestCertificate;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class GatewayTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir static Path certificates;
  static TestCertificate own;
  static TestCertificate stranger;

  @TempDir Path folder;
  private final MutableClock clock = MutableClock.standing();

  @BeforeAll
  static void makeCertificates() {
    own = TestCertificate.make(certificates, "own");
    stranger = TestCertificate.make(certificates, "stranger");
  }

  private static Settings settings(Door door, boolean tls, @Nullable Path ca, List<String> pins) {
    return new Settings(
        URI.create(door.target()),
        door.grpc(),
        tls,
        ca == null ? null : ca.toString(),
        pins,
        "till-1",
        null,
        "stores/milano",
        "Milano",
        null,
        null);
  }

  private Tokens tokens(Settings settings) {
    return new Tokens(folder, settings, () -> Optional.of("the-secret"), clock);
  }

  /** Asks something; null when it was answered. */
  private @Nullable Kind ask(Settings settings) throws IOException {
    try (var gateway = new Gateway(settings, tokens(settings), "en")) {
      gateway.variants(List.of("DIV-LUC"), List.of(), PATIENCE);
      return null;
    } catch (GatewayException e) {
      return e.kind();
    }
  }

  @Test
  void tls_trustedAuthority_answers() throws IOException {
    try (var door = new Door(own.chain(), own.key())) {
      assertThat(ask(settings(door, true, own.chain(), List.of()))).isNull();
    }
  }

  @Test
  void tls_unknownAuthority_isNotTrusted() throws IOException {
    try (var door = new Door(own.chain(), own.key())) {
      assertThat(ask(settings(door, true, null, List.of()))).isEqualTo(Kind.NOT_TRUSTED);
      assertThat(ask(settings(door, true, stranger.chain(), List.of())))
          .isEqualTo(Kind.NOT_TRUSTED);
    }
  }

  @Test
  void tls_pinnedKey_answers() throws IOException {
    var pin = Pin.of(own.certificate().getPublicKey()).toString();
    var spare = Pin.of(stranger.certificate().getPublicKey()).toString();
    try (var door = new Door(own.chain(), own.key())) {
      assertThat(ask(settings(door, true, own.chain(), List.of(pin)))).isNull();
      assertThat(ask(settings(door, true, own.chain(), List.of(spare, pin)))).isNull();
    }
  }

  @Test
  void tls_otherPin_isNotTrustedThoughTheAuthorityIs() throws IOException {
    var other = Pin.of(stranger.certificate().getPublicKey()).toString();
    try (var door = new Door(own.chain(), own.key())) {
      var settings = settings(door, true, own.chain(), List.of(other));
      try (var gateway = new Gateway(settings, tokens(settings), "en")) {
        var refused =
            catchThrowableOfType(
                GatewayException.class,
                () -> gateway.variants(List.of("DIV-LUC"), List.of(), PATIENCE));
        assertThat(refused.kind()).isEqualTo(Kind.NOT_TRUSTED);
        assertThat(refused)
            .hasMessageContaining(Pin.of(own.certificate().getPublicKey()).toString());
      }
    }
  }

  @Test
  void tls_pinAlone_doesNotReplaceTheAuthority() throws IOException {
    var pin = Pin.of(own.certificate().getPublicKey()).toString();
    try (var door = new Door(own.chain(), own.key())) {
      assertThat(ask(settings(door, true, null, List.of(pin)))).isEqualTo(Kind.NOT_TRUSTED);
    }
  }

  @Test
  void door_anotherMachine_isTlsWhateverIsSaid() {
    var settings = Settings.FIRST;
    assertThat(settings.doorIsTls()).isFalse();
    for (var grpc : List.of("shop.example:443", "10.0.0.7:9090", "[2001:db8::1]:9090")) {
      var far =
          new Settings(
              settings.target(), grpc, false, null, List.of(), "a", null, "", "", null, null);
      assertThat(far.doorIsTls()).as(grpc).isTrue();
    }
    for (var grpc : List.of("localhost:9090", "127.0.0.1:9090", "[::1]:9090")) {
      var near =
          new Settings(
              settings.target(), grpc, false, null, List.of(), "a", null, "", "", null, null);
      assertThat(near.doorIsTls()).as(grpc).isFalse();
    }
  }

  @Test
  void secret_plainHttpToAnotherMachine_isNotSent() {
    var settings =
        new Settings(
            URI.create("http://shop.example"),
            "shop.example:443",
            true,
            null,
            List.of(),
            "till-1",
            null,
            "",
            "",
            null,
            null);
    var refused = catchThrowableOfType(GatewayException.class, () -> tokens(settings).signIn());
    assertThat(refused.kind()).isEqualTo(Kind.NOT_TRUSTED);
  }

  @Test
  void nobodyThere_isUnreachableOrLater() throws IOException {
    Settings settings;
    try (var door = new Door()) {
      settings = settings(door, false, null, List.of());
      tokens(settings).signIn();
    }
    assertThat(ask(settings)).isEqualTo(Kind.UNREACHABLE);
  }

  @Test
  void token_isRenewedBeforeItExpiresAndKeptForItsOwnerAlone() throws IOException {
    try (var door = new Door()) {
      door.tokenLife = 600;
      var settings = settings(door, false, null, List.of());
      var tokens = tokens(settings);
      assertThat(tokens.bearer()).isEqualTo("token-1");
      clock.advance(Duration.ofSeconds(539));
      assertThat(tokens.bearer()).isEqualTo("token-1");
      assertThat(tokens(settings).bearer()).as("the next process").isEqualTo("token-1");
      clock.advance(Duration.ofSeconds(1)); // a minute is left
      assertThat(tokens.bearer()).isEqualTo("token-2");
    }
    var file = folder.resolve(Tokens.FILE);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (var files = Files.list(folder)) {
      for (var each : files.toList()) {
        assertThat(Files.readString(each)).as(each.toString()).doesNotContain("the-secret");
      }
    }
  }

  @Test
  void token_endpointDown_theOldOneServesUntilItExpires() throws IOException {
    Settings settings;
    Tokens tokens;
    try (var door = new Door()) {
      door.tokenLife = 600;
      settings = settings(door, false, null, List.of());
      tokens = tokens(settings);
      tokens.signIn();
    }
    clock.advance(Duration.ofSeconds(599));
    assertThat(tokens.bearer()).isEqualTo("token-1");
    clock.advance(Duration.ofSeconds(1));
    var refused = catchThrowableOfType(GatewayException.class, tokens::bearer);
    assertThat(refused.kind()).isEqualTo(Kind.UNREACHABLE);
  }

  @Test
  void token_refusedByTheGateway_isRenewedOnce() throws IOException {
    try (var door = new Door()) {
      var settings = settings(door, false, null, List.of());
      var tokens = tokens(settings);
      assertThat(tokens.bearer()).isEqualTo("token-1");
      tokens.forget("token-0");
      assertThat(tokens.bearer()).isEqualTo("token-1");
      tokens.forget("token-1");
      assertThat(tokens.bearer()).isEqualTo("token-2");
    }
  }

  @Test
  void token_wrongSecret_isNotAllowed() {
    try (var door = new Door()) {
      door.tokenStatus = 401;
      var tokens = tokens(settings(door, false, null, List.of()));
      var refused = catchThrowableOfType(GatewayException.class, tokens::signIn);
      assertThat(refused.kind()).isEqualTo(Kind.NOT_ALLOWED);
      assertThat(refused).hasMessageNotContaining("the-secret");
    }
  }
}
