package dev.filo.pos.gateway;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Whom a till believes to be its gateway. */
final class Trust {
  private Trust() {}

  /**
   * Trusts the authorities of a PEM file, or Java's, and, when there are pins, only certificates
   * with one of these keys.
   *
   * @throws IOException when the file cannot be read or has no certificate
   */
  static X509ExtendedTrustManager manager(@Nullable Path ca, List<Pin> pins) throws IOException {
    try {
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(ca == null ? null : authorities(ca));
      for (TrustManager each : factory.getTrustManagers()) {
        if (each instanceof X509ExtendedTrustManager manager) {
          return pins.isEmpty() ? manager : new Pinned(manager, Set.copyOf(pins));
        }
      }
      throw new IllegalStateException("this Java has no X.509 trust manager");
    } catch (GeneralSecurityException e) {
      throw new IOException("the authorities cannot be used: " + e.getMessage(), e);
    }
  }

  /** The same for HTTPS. */
  static SSLContext context(X509ExtendedTrustManager manager) {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {manager}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no TLS", e);
    }
  }

  private static KeyStore authorities(Path ca) throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (var in = Files.newInputStream(ca)) {
      int n = 0;
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca-" + n++, certificate);
      }
    } catch (CertificateException e) {
      throw new IOException(ca + " is no PEM file with certificates", e);
    }
    if (store.size() == 0) {
      throw new IOException(ca + " has no certificate");
    }
    return store;
  }

  /** First what any trust manager checks, then that one of the chain's keys is pinned. */
  private static final class Pinned extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager first;
    private final Set<Pin> pins;

    Pinned(X509ExtendedTrustManager first, Set<Pin> pins) {
      this.first = first;
      this.pins = pins;
    }

    // Only the gateway's own certificate: anybody can send more certificates along with his own.
    private void check(X509Certificate[] chain) throws CertificateException {
      var pin = Pin.of(chain[0].getPublicKey());
      if (!pins.contains(pin)) {
        throw new CertificateException("its key is not the pinned one, it is " + pin);
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      first.checkServerTrusted(chain, type, engine);
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      first.checkServerTrusted(chain, type, socket);
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      first.checkServerTrusted(chain, type);
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      first.checkClientTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      first.checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      first.checkClientTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return first.getAcceptedIssuers();
    }
  }
}
