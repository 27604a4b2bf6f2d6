package io.pgtopo.config;

import java.util.Locale;
import java.util.Optional;

/**
 * How the agent logs in to every server.
 *
 * @param password empty to let the driver look into the file of passwords
 * @param socket tried first for the servers of the agent's own node
 */
public record Connection(
    String user,
    String database,
    Optional<Secret> password,
    SslMode sslMode,
    ClientFiles files,
    Optional<LocalSocket> socket) {

  /** A login that needs no file, by TCP only. */
  public Connection(String user, String database, Optional<Secret> password, SslMode sslMode) {
    this(user, database, password, sslMode, ClientFiles.NONE, Optional.empty());
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
