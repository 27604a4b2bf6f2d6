package io.pgtopo.exporter.runtime;

import io.pgtopo.config.Config;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.IpAddress;
import java.util.Optional;
import java.util.Set;

/** Which of the declared instances runs on the machine that pgtopo runs on. */
public final class OwnInstance {
  private OwnInstance() {}

  /** The one that the settings name, or the only one at an address of this machine. */
  public static Optional<String> of(Config config, Set<IpAddress> addresses) {
    return config.settings().web().instance().or(() -> byAddress(config, addresses));
  }

  /** No name is looked up: what it means may differ from machine to machine. */
  private static Optional<String> byAddress(Config config, Set<IpAddress> addresses) {
    var here =
        config
            .inventory()
            .instances()
            .filter(
                it -> IpAddress.parse(it.endpoint().host()).filter(addresses::contains).isPresent())
            .map(Instance::name)
            .distinct()
            .toList();
    return here.size() == 1 ? Optional.of(here.getFirst()) : Optional.empty();
  }
}
