package io.pgtopo.config.settings;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The machine that the agent runs on, by all that an inventory may call it.
 *
 * <p>Names are compared as they are written, and no name server is asked: a name that is only
 * similar could be another machine's.
 *
 * @param names addresses in their canonical form, and the host name
 */
public record ThisNode(SortedSet<String> names, Loopback loopback) {
  /** Whose a loopback address is. */
  public enum Loopback {
    /** This machine's, as every machine's is. */
    OWN,
    /** Whose it is called: several nodes may be played on one machine. */
    AS_CALLED
  }

  /** The kernel's word, which a hardened service may not see, and the file that it comes from. */
  private static final List<Path> HOST_NAME =
      List.of(Path.of("/proc/sys/kernel/hostname"), Path.of("/etc/hostname"));

  private static final Pattern ADDRESS = Pattern.compile("[0-9]+(\\.[0-9]+){3}|[0-9a-fA-F.]*:.*");

  public ThisNode {
    names = new TreeSet<>(names);
  }

  /** A node of which all names are given. */
  public static ThisNode called(Collection<String> names) {
    var canonical = new TreeSet<String>();
    names.forEach(name -> canonical.add(canonical(name)));
    return new ThisNode(canonical, Loopback.AS_CALLED);
  }

  /** This machine, by the addresses of its interfaces and its host name. */
  static ThisNode real() {
    var names = new TreeSet<String>();
    try (var interfaces = NetworkInterface.networkInterfaces()) {
      interfaces
          .flatMap(NetworkInterface::inetAddresses)
          .map(InetAddress::getHostAddress)
          .forEach(names::add);
    } catch (SocketException unknown) {
      // Then it is known by its host name only, or by the setting.
    }
    hostName().ifPresent(names::add);
    return new ThisNode(called(names).names, Loopback.OWN);
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
    return names.contains(canonical(host)) || (loopback == Loopback.OWN && isLoopback(host));
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost")
        || literal(host).filter(InetAddress::isLoopbackAddress).isPresent();
  }

  /** For a message: every name, but no link-local address, which nobody declares. */
  public String text() {
    var told = names.stream().filter(name -> !isLinkLocal(name)).toList();
    return String.join(", ", told);
  }

  private static boolean isLinkLocal(String name) {
    return literal(name)
        .filter(address -> address.isLinkLocalAddress() || address.isLoopbackAddress())
        .isPresent();
  }

  private static String canonical(String host) {
    return literal(host).map(InetAddress::getHostAddress).orElse(host).replaceAll("%.*", "");
  }

  /** The address that is written in its numeric form; empty for a name, which asks nobody. */
  private static Optional<InetAddress> literal(String host) {
    if (!ADDRESS.matcher(host).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(host));
    } catch (UnknownHostException malformed) {
      return Optional.empty();
    }
  }

  /** The endpoints of an inventory that are on this machine, watched or not. */
  public SortedSet<Endpoint> endpoints(Inventory inventory) {
    var own = new TreeSet<Endpoint>();
    Stream.of(inventory.instances().toList(), inventory.elsewhere())
        .flatMap(List::stream)
        .filter(this::runs)
        .forEach(instance -> own.add(instance.endpoint()));
    return own;
  }
}
