package io.pgtopo.config.settings;

import java.util.List;
import java.util.Optional;

/**
 * The HTTP server, except for its address.
 *
 * @param instance name of the declared instance on this machine; empty to find it by address
 * @param hostNames allowed Host headers, besides the address of the listener
 */
public record Web(Optional<String> instance, List<String> hostNames, WebAccess access) {

  public static final Web DEFAULT = new Web(Optional.empty(), List.of(), WebAccess.OPEN);

  public Web {
    hostNames = List.copyOf(hostNames);
  }
}
