package io.pgtopo.agent.postgres;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Secret;
import io.pgtopo.config.settings.Connection;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;
import org.postgresql.jdbcurlresolver.PgPassParser;

/** How the driver logs in: what the settings say, and what keeps a server within bounds. */
record Login(Connection settings, Duration deadline) {

  /** The driver's properties for a server. */
  Properties to(Endpoint endpoint) {
    var login = new Properties();
    login.setProperty("user", settings.user());
    settings.password().map(Secret::reveal).ifPresent(it -> login.setProperty("password", it));
    var trust = settings.trust();
    login.setProperty("sslmode", trust.sslMode().label());
    login.setProperty("channelBinding", trust.channelBinding().label());
    trust.requireAuth(endpoint).ifPresent(it -> login.setProperty("requireAuth", it));
    var files = settings.files();
    files.rootCertificate().ifPresent(it -> login.setProperty("sslrootcert", it));
    files.certificate().ifPresent(it -> login.setProperty("sslcert", it));
    files.key().ifPresent(it -> login.setProperty("sslkey", it));
    login.setProperty("socketFactory", LimitedSocket.Factory.class.getName());
    login.setProperty("sslfactory", LimitedTls.Factory.class.getName());
    login.setProperty("ApplicationName", "pgtopo");
    // Then the application name is sent with the login; set later it costs a round trip.
    login.setProperty("assumeMinServerVersion", "10");
    // A fallback: the interrupt comes earlier and has a better reason.
    login.setProperty("connectTimeout", seconds(deadline));
    login.setProperty("socketTimeout", seconds(deadline));
    login.setProperty("sslResponseTimeout", String.valueOf(deadline.toMillis()));
    login.setProperty("cancelSignalTimeout", "1");
    login.setProperty("tcpKeepAlive", "true");
    return login;
  }

  /** The address of a database for the driver. */
  static String url(Endpoint endpoint, String database) {
    return "jdbc:postgresql://%s/%s"
        .formatted(endpoint, URLEncoder.encode(database, StandardCharsets.UTF_8));
  }

  /** Of the passwords that the driver may send there: that of the settings, and the file's. */
  Redaction redaction(Endpoint endpoint) {
    return redaction(endpoint, settings.database());
  }

  /** The same, if another database is connected to. */
  Redaction redaction(Endpoint endpoint, String other) {
    var databases =
        Stream.concat(
            Stream.of(other, settings.database(), settings.user()),
            settings.inside(endpoint).stream());
    var ofFile =
        databases.map(
            database ->
                PgPassParser.getPassword(
                    endpoint.host(), String.valueOf(endpoint.port()), database, settings.user()));
    return new Redaction(
        Stream.concat(settings.password().map(Secret::reveal).stream(), ofFile)
            .filter(Objects::nonNull)
            .distinct()
            .toList());
  }

  private static String seconds(Duration duration) {
    return String.valueOf(Math.max(1, duration.plusMillis(999).toSeconds()));
  }
}
