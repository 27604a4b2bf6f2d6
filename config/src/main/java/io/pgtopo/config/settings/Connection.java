package io.pgtopo.config.settings;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Secret;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How the agent logs in to every server.
 *
 * @param password empty to let the driver look into the file of passwords
 * @param socket tried first for the servers of the agent's own node
 * @param interiors databases that are looked into through short connections of their own, by the
 *     endpoints of the servers that may hold them
 */
public record Connection(
    String user,
    String database,
    Optional<Secret> password,
    SslMode sslMode,
    ClientFiles files,
    Optional<LocalSocket> socket,
    SortedMap<Endpoint, SortedSet<String>> interiors) {

  public Connection {
    interiors = Collections.unmodifiableSortedMap(new TreeMap<>(interiors));
  }

  /** A login that needs no file, by TCP only. */
  public Connection(String user, String database, Optional<Secret> password, SslMode sslMode) {
    this(user, database, password, sslMode, ClientFiles.NONE, Optional.empty(), new TreeMap<>());
  }

  /** This login, which looks into databases. */
  public Connection lookingInto(SortedMap<Endpoint, SortedSet<String>> databases) {
    return new Connection(user, database, password, sslMode, files, socket, databases);
  }

  /** The databases that are looked into at an endpoint. */
  public Set<String> inside(Endpoint endpoint) {
    return interiors.getOrDefault(endpoint, new TreeSet<>());
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
