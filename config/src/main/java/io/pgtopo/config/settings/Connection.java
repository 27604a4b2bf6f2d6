package io.pgtopo.config.settings;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Labelled;
import io.pgtopo.config.model.Secret;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How the agent logs in to every server.
 *
 * @param password empty if the driver is to use the password file
 * @param socket tried first for the servers of the agent's own node
 * @param interiors databases whose objects are read through a short connection, by the endpoints of
 *     their servers
 */
public record Connection(
    String user,
    String database,
    Optional<Secret> password,
    ServerTrust trust,
    ClientFiles files,
    Optional<LocalSocket> socket,
    SortedMap<Endpoint, SortedSet<String>> interiors) {

  public Connection {
    interiors = Collections.unmodifiableSortedMap(new TreeMap<>(interiors));
  }

  /** A login without files, by TCP only. */
  public Connection(String user, String database, Optional<Secret> password, SslMode sslMode) {
    this(
        user,
        database,
        password,
        ServerTrust.of(sslMode),
        ClientFiles.NONE,
        Optional.empty(),
        new TreeMap<>());
  }

  public Connection withInteriors(SortedMap<Endpoint, SortedSet<String>> databases) {
    return new Connection(user, database, password, trust, files, socket, databases);
  }

  /** The same login, with these servers as those that the user named. */
  public Connection declaring(Collection<Endpoint> servers) {
    return new Connection(
        user, database, password, trust.declaring(servers), files, socket, interiors);
  }

  /** The databases whose objects are read at an endpoint. */
  public Set<String> inside(Endpoint endpoint) {
    return interiors.getOrDefault(endpoint, new TreeSet<>());
  }

  /** libpq's {@code sslmode}. */
  public enum SslMode implements Labelled {
    DISABLE,
    ALLOW,
    PREFER,
    REQUIRE,
    VERIFY_CA,
    VERIFY_FULL;

    @Override
    public String label() {
      return Labelled.super.label().replace('_', '-');
    }
  }
}
