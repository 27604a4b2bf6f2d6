package io.pgtopo.config;

import java.util.Locale;
import java.util.Optional;

/**
 * How the agent logs in to every server.
 *
 * @param password empty to let the driver look into {@code PGPASSFILE} or {@code ~/.pgpass}
 * @param socket tried first for the servers of the agent's own node
 */
public record Connection(
    String user,
    String database,
    Optional<Secret> password,
    SslMode sslMode,
    Optional<LocalSocket> socket) {

  /** By TCP only. */
  public Connection(String user, String database, Optional<Secret> password, SslMode sslMode) {
    this(user, database, password, sslMode, Optional.empty());
  }

  /** libpq's {@code sslmode}. */
  public enum SslMode {
    DISABLE,
    ALLOW,
    PREFER,
    REQUIRE,
    VERIFY_CA,
    VERIFY_FULL;

    /** The word that libpq and the driver use. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
