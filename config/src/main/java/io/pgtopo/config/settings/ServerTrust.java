package io.pgtopo.config.settings;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Labelled;
import io.pgtopo.config.settings.Connection.SslMode;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a server must prove before it receives the login.
 *
 * @param requireAuth libpq's {@code require_auth}, for declared servers
 * @param requireAuthOfUndeclared the same for those that only replication leads to
 * @param declared the servers that the user named
 */
public record ServerTrust(
    SslMode sslMode,
    ChannelBinding channelBinding,
    Optional<String> requireAuth,
    String requireAuthOfUndeclared,
    SortedSet<Endpoint> declared) {
  /** Never sends a password, nor what could be turned into one without its verifier. */
  static final String SCRAM_OR_NONE = "scram-sha-256,none";

  public ServerTrust {
    declared = Collections.unmodifiableSortedSet(new TreeSet<>(declared));
  }

  /** With libpq's defaults, and no server declared yet. */
  public static ServerTrust of(SslMode sslMode) {
    return new ServerTrust(
        sslMode, ChannelBinding.PREFER, Optional.empty(), SCRAM_OR_NONE, new TreeSet<>());
  }

  ServerTrust declaring(Collection<Endpoint> servers) {
    return new ServerTrust(
        sslMode, channelBinding, requireAuth, requireAuthOfUndeclared, new TreeSet<>(servers));
  }

  /** The methods of authentication that a server may ask for; empty for any. */
  public Optional<String> requireAuth(Endpoint server) {
    return declared.contains(server) ? requireAuth : Optional.of(requireAuthOfUndeclared);
  }

  /** libpq's {@code channel_binding}. */
  public enum ChannelBinding implements Labelled {
    DISABLE,
    PREFER,
    REQUIRE
  }
}
