package io.pgtopo.config.settings;

import io.pgtopo.config.model.Endpoint;
import java.util.List;
import java.util.Optional;

/**
 * The HTTP server.
 *
 * @param instance name of the declared instance on this machine; empty to find it by address
 * @param hostNames allowed Host headers, besides the address of the listener
 */
public record Web(
    Endpoint listen, Optional<String> instance, List<String> hostNames, WebAccess access) {

  public static final Web DEFAULT = of(new Endpoint("127.0.0.1", 8432));

  public Web {
    hostNames = List.copyOf(hostNames);
  }

  /** Without a login, and without settings but the address. */
  public static Web of(Endpoint listen) {
    return new Web(listen, Optional.empty(), List.of(), WebAccess.OPEN);
  }
}
