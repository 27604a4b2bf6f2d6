package io.pgtopo.config.settings;

import io.pgtopo.config.model.Endpoint;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The Unix sockets of the servers on the agent's own node. {@code peer} authentication needs no
 * password.
 *
 * @param directory {@code unix_socket_directories}
 * @param own endpoints that are declared on this node
 */
public record LocalSocket(String directory, String user, SortedSet<Endpoint> own) {
  public LocalSocket {
    own = Collections.unmodifiableSortedSet(new TreeSet<>(own));
  }

  public String path(Endpoint endpoint) {
    return directory + "/.s.PGSQL." + endpoint.port();
  }
}
