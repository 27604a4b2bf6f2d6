package io.pgtopo.config.settings;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.IpAddress;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The machine that the agent runs on, by the names that an inventory may use. Names are compared as
 * they are written and are not resolved: a similar name can be another machine's.
 *
 * @param names addresses in their canonical form, and the host name
 */
public record ThisNode(SortedSet<String> names, Loopback loopback) {
  /** Which loopback addresses are this machine's. */
  public enum Loopback {
    ALL,
    /** Those that are named: several nodes of a test can run on one machine. */
    NAMED
  }

  /** A hardened service may not read the first one. */
  private static final List<Path> HOST_NAME =
      List.of(Path.of("/proc/sys/kernel/hostname"), Path.of("/etc/hostname"));

  public ThisNode {
    names = new TreeSet<>(names);
  }

  public static ThisNode named(Collection<String> names) {
    var canonical = new TreeSet<String>();
    names.forEach(name -> canonical.add(canonical(name)));
    return new ThisNode(canonical, Loopback.NAMED);
  }

  /** This machine, by the addresses of its interfaces and its host name. */
  static ThisNode real() {
    var names = new TreeSet<String>();
    addresses().forEach(address -> names.add(address.toString()));
    hostName().ifPresent(names::add);
    return new ThisNode(named(names).names, Loopback.ALL);
  }

  /** The addresses of the machine's interfaces; none if it does not tell. */
  public static Set<IpAddress> addresses() {
    try (var interfaces = NetworkInterface.networkInterfaces()) {
      return interfaces
          .flatMap(NetworkInterface::inetAddresses)
          .flatMap(address -> IpAddress.parse(withoutZone(address.getHostAddress())).stream())
          .collect(Collectors.toUnmodifiableSet());
    } catch (SocketException unknown) {
      return Set.of();
    }
  }

  private static String withoutZone(String address) {
    return address.replaceAll("%.*", "");
  }

  private static Optional<String> hostName() {
    return HOST_NAME.stream().flatMap(file -> line(file).stream()).findFirst();
  }

  private static Optional<String> line(Path file) {
    try {
      return Optional.of(Files.readString(file).strip()).filter(name -> !name.isEmpty());
    } catch (IOException hidden) {
      return Optional.empty();
    }
  }

  /** Whether an instance is declared on this machine. */
  public boolean runs(Instance instance) {
    var host = instance.endpoint().host();
    return names.contains(canonical(host))
        || (loopback == Loopback.ALL && IpAddress.isLoopback(host));
  }

  /** For a message: every name, but no link-local or loopback address, which no inventory uses. */
  public String text() {
    return names.stream().filter(name -> !isUnusual(name)).collect(Collectors.joining(", "));
  }

  private static boolean isUnusual(String name) {
    return IpAddress.parse(name)
        .filter(address -> address.isLinkLocal() || address.isLoopback())
        .isPresent();
  }

  private static String canonical(String host) {
    var name = withoutZone(host);
    return IpAddress.parse(name).map(IpAddress::toString).orElse(name);
  }

  /** The declared endpoints on this machine, polled or not. */
  public SortedSet<Endpoint> endpoints(Inventory inventory) {
    var own = new TreeSet<Endpoint>();
    Stream.of(inventory.instances().toList(), inventory.elsewhere())
        .flatMap(List::stream)
        .filter(this::runs)
        .forEach(instance -> own.add(instance.endpoint()));
    return own;
  }
}
