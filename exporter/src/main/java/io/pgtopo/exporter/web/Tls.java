package io.pgtopo.exporter.web;

import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.config.settings.WebAccess;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/**
 * TLS as configured.
 *
 * @param parameters of every connection
 */
public record Tls(SSLContext context, SSLParameters parameters) {
  private static final String TLS_1_3_SUITES = "TLS_AES_|TLS_CHACHA20_POLY1305_SHA256";

  /** Go's names of curves, and the JVM's. */
  private static final Map<String, String> CURVES =
      Map.of(
          "CurveP256", "secp256r1",
          "CurveP384", "secp384r1",
          "CurveP521", "secp521r1",
          "X25519", "x25519");

  /**
   * Of a configuration; empty without TLS.
   *
   * @throws InvalidConfigException if it cannot be used
   */
  public static Optional<Tls> of(WebAccess access) {
    return access.tls().map(Tls::of);
  }

  private static Tls of(WebAccess.TlsServer tls) {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(keys(tls), trust(tls), new SecureRandom());
      return new Tls(context, parameters(tls, context));
    } catch (GeneralSecurityException | IOException broken) {
      throw refused(tls, "certificates and keys that can be used. Found: " + broken.getMessage());
    }
  }

  private static javax.net.ssl.KeyManager[] keys(WebAccess.TlsServer tls)
      throws GeneralSecurityException, IOException {
    var chain = Pem.certificates(tls.material().certificates());
    var key = Pem.key(tls.material().key().reveal());
    if (!Pem.belongTogether(key, chain.getFirst())) {
      throw refused(tls, "the key of the certificate. Found: the key of another one");
    }
    var nothing = new char[0];
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, nothing);
    store.setKeyEntry("pgtopo", key, nothing, chain.toArray(X509Certificate[]::new));
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, nothing);
    return managers.getKeyManagers();
  }

  private static TrustManager[] trust(WebAccess.TlsServer tls)
      throws GeneralSecurityException, IOException {
    var authority = tls.clients().authority();
    var authorities =
        authority.isEmpty() ? List.<X509Certificate>of() : Pem.certificates(authority.get());
    return new TrustManager[] {ClientTrust.of(tls.clients(), authorities)};
  }

  private static SSLParameters parameters(WebAccess.TlsServer tls, SSLContext context) {
    var parameters = context.getDefaultSSLParameters();
    var protocol = tls.protocol();
    parameters.setProtocols(
        Arrays.stream(WebAccess.TlsVersion.values())
            .filter(version -> version.compareTo(protocol.min()) >= 0)
            .filter(version -> version.compareTo(protocol.max()) <= 0)
            .map(WebAccess.TlsVersion::protocol)
            .toArray(String[]::new));
    if (!protocol.cipherSuites().isEmpty()) {
      parameters.setCipherSuites(suites(tls, context));
    }
    if (!protocol.curves().isEmpty()) {
      parameters.setNamedGroups(
          protocol.curves().stream().map(curve -> curve(tls, curve)).toArray(String[]::new));
    }
    parameters.setUseCipherSuitesOrder(protocol.order() == WebAccess.CipherOrder.SERVER);
    switch (tls.clients().auth()) {
      case NONE -> {}
      case REQUEST, VERIFY_IF_GIVEN -> parameters.setWantClientAuth(true);
      case REQUIRE_ANY, REQUIRE_AND_VERIFY -> parameters.setNeedClientAuth(true);
    }
    return parameters;
  }

  /** The suites of TLS 1.3 are always enabled, as in Go. */
  private static String[] suites(WebAccess.TlsServer tls, SSLContext context) {
    var supported = List.of(context.getSupportedSSLParameters().getCipherSuites());
    return Stream.concat(
            supported.stream().filter(name -> name.matches("(" + TLS_1_3_SUITES + ").*")),
            tls.protocol().cipherSuites().stream().map(name -> suite(tls, name, supported)))
        .distinct()
        .toArray(String[]::new);
  }

  private static String suite(WebAccess.TlsServer tls, String name, List<String> supported) {
    return Stream.of(name, name + "_SHA256")
        .filter(supported::contains)
        .findFirst()
        .orElseThrow(() -> refused(tls, "cipher suites that this JVM knows. Found: " + name));
  }

  private static String curve(WebAccess.TlsServer tls, String name) {
    return Optional.ofNullable(CURVES.get(name))
        .orElseThrow(
            () ->
                refused(tls, "curves of CurveP256, CurveP384, CurveP521, X25519. Found: " + name));
  }

  private static InvalidConfigException refused(WebAccess.TlsServer tls, String message) {
    return new InvalidConfigException(
        List.of(
            new Problem(
                Problem.Code.BAD_VALUE,
                Problem.Level.ERROR,
                tls.material().file(),
                "tls_server_config",
                0,
                "wanted " + message)));
  }
}
