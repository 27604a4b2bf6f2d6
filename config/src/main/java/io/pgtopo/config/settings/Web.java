package io.pgtopo.config.settings;

import java.util.List;
import java.util.Optional;

/**
 * How pgtopo answers by HTTP, apart from the address that it listens on.
 *
 * @param instance name of the declared instance that runs on this machine; empty if it is to be
 *     told from the machine's addresses
 * @param hostNames names that it may be called by, besides that of the listener
 * @param access what the web configuration file says
 */
public record Web(Optional<String> instance, List<String> hostNames, WebAccess access) {

  /** Without any setting. */
  public static final Web DEFAULT = new Web(Optional.empty(), List.of(), WebAccess.OPEN);

  public Web {
    hostNames = List.copyOf(hostNames);
  }
}
