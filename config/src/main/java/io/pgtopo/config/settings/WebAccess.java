package io.pgtopo.config.settings;

import io.pgtopo.config.model.Labelled;
import io.pgtopo.config.model.Secret;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The web configuration file of Prometheus' exporter-toolkit.
 *
 * @param headers added to every response
 * @param users bcrypt hashes of passwords by user; empty if no login is needed
 */
public record WebAccess(
    Optional<TlsServer> tls,
    SortedMap<String, String> headers,
    SortedMap<String, Secret> users,
    Optional<RateLimit> rateLimit) {

  /** Plain HTTP without a login. */
  public static final WebAccess OPEN =
      new WebAccess(
          Optional.empty(),
          Collections.emptySortedMap(),
          Collections.emptySortedMap(),
          Optional.empty());

  public WebAccess {
    headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
    users = Collections.unmodifiableSortedMap(new TreeMap<>(users));
  }

  /** {@code tls_server_config}. */
  public record TlsServer(Material material, Clients clients, Protocol protocol) {}

  /**
   * The server's certificates and key, as PEM text.
   *
   * @param file of the configuration, for messages
   */
  public record Material(String file, String certificates, Secret key) {}

  /**
   * How clients are authenticated.
   *
   * @param authority certificates of the client CA, as PEM text
   * @param allowedNames subject alternative names, one of which a client must have; empty for any
   */
  public record Clients(ClientAuth auth, Optional<String> authority, List<String> allowedNames) {
    public Clients {
      allowedNames = List.copyOf(allowedNames);
    }
  }

  /**
   * The parameters of TLS.
   *
   * @param cipherSuites for TLS 1.2, by their standard names; empty for the JVM's choice
   * @param curves in order of preference, by the JVM's names; empty for the JVM's choice
   */
  public record Protocol(
      TlsVersion min,
      TlsVersion max,
      List<String> cipherSuites,
      CipherOrder order,
      List<String> curves) {
    public Protocol {
      cipherSuites = List.copyOf(cipherSuites);
      curves = List.copyOf(curves);
    }
  }

  /** Whose order of cipher suites applies. */
  public enum CipherOrder {
    SERVER,
    CLIENT
  }

  /** Supported versions of TLS. */
  public enum TlsVersion implements Labelled {
    TLS12,
    TLS13;

    @Override
    public String label() {
      return name();
    }

    /** The name that the JVM has for it. */
    public String protocol() {
      return name().replace("TLS1", "TLSv1.");
    }
  }

  /** Go's policies for client certificates. */
  public enum ClientAuth implements Labelled {
    NONE("NoClientCert"),
    REQUEST("RequestClientCert"),
    REQUIRE_ANY("RequireAnyClientCert"),
    VERIFY_IF_GIVEN("VerifyClientCertIfGiven"),
    REQUIRE_AND_VERIFY("RequireAndVerifyClientCert");

    private final String word;

    ClientAuth(String word) {
      this.word = word;
    }

    @Override
    public String label() {
      return word;
    }

    /** Whether a given certificate must be signed by the client CA. */
    public boolean verifies() {
      return this == VERIFY_IF_GIVEN || this == REQUIRE_AND_VERIFY;
    }

    /** Whether a certificate is mandatory. */
    public boolean requires() {
      return this == REQUIRE_ANY || this == REQUIRE_AND_VERIFY;
    }
  }

  /** One request per interval, and a burst of more. */
  public record RateLimit(Duration interval, int burst) {}

  /** Whether every client is authenticated. */
  public boolean isAuthenticated() {
    return !users.isEmpty()
        || tls.map(TlsServer::clients)
            .filter(clients -> clients.auth == ClientAuth.REQUIRE_AND_VERIFY)
            .isPresent();
  }
}
