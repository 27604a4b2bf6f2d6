package io.pgtopo.exporter.runtime;

import io.pgtopo.config.Config;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.IpAddress;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Which of the declared instances runs on the machine that pgtopo runs on. */
public final class OwnInstance {
  private OwnInstance() {}

  /** The one that the settings name, or the only one at an address of this machine. */
  public static Optional<String> of(Config config, Set<InetAddress> addresses) {
    return config.settings().web().instance().or(() -> byAddress(config, addresses));
  }

  private static Optional<String> byAddress(Config config, Set<InetAddress> addresses) {
    var here =
        config
            .inventory()
            .instances()
            .filter(
                instance ->
                    literal(instance.endpoint().host()).filter(addresses::contains).isPresent())
            .map(Instance::name)
            .distinct()
            .toList();
    return here.size() == 1 ? Optional.of(here.getFirst()) : Optional.empty();
  }

  /** No name is looked up: what it means may differ from machine to machine. */
  private static Optional<InetAddress> literal(String host) {
    if (IpAddress.parse(host).isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(host));
    } catch (UnknownHostException noLiteral) {
      return Optional.empty();
    }
  }

  /** The addresses of this machine; none if they are unknown. */
  public static Set<InetAddress> addresses() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .map(OwnInstance::withoutZone)
          .collect(Collectors.toUnmodifiableSet());
    } catch (SocketException hidden) {
      return Set.of();
    }
  }

  private static InetAddress withoutZone(InetAddress address) {
    try {
      return InetAddress.getByAddress(address.getAddress());
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(address + " has an impossible length", impossible);
    }
  }
}
