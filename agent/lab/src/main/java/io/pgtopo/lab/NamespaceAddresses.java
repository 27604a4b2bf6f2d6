package io.pgtopo.lab;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network 10.77.b.0/24 of namespaces: one per node, and one with the bridge, which the machine's
 * own packet filter does not affect. The caller's end is a link whose name claims the block.
 */
final class NamespaceAddresses implements Addresses {
  private static final int DEFAULT_PORT = 5432;
  private static final int LAST_BLOCK = 254;
  private static final int LAST_NODE = 253;
  private static final int HOST = 254;

  private final Path directory;
  private final String bridge;
  private final int block;
  private final int port;
  private final AtomicInteger nodes = new AtomicInteger();

  private NamespaceAddresses(Path directory, String bridge, int block, int port) {
    this.directory = directory;
    this.bridge = bridge;
    this.block = block;
    this.port = port;
  }

  /** Makes the network, and lists its parts in {@code directory}, for the reaper to remove. */
  static NamespaceAddresses claim(Path directory, String labId, OptionalInt port) {
    if (!LabNetwork.NAMESPACES.isAvailable()) {
      throw new LabException(
          "Network namespaces need root with the right to make them, and ip of iproute2.");
    }
    var bridge = "pgtopo-" + labId;
    record(directory, "namespaces", bridge);
    ip(directory, "netns add %s".formatted(bridge));
    var block = claimBlock(directory, bridge);
    ip(directory, "-n %s link add br0 type bridge".formatted(bridge));
    ip(directory, "-n %s link set br0 up".formatted(bridge));
    ip(directory, "-n %s link set host master br0 up".formatted(bridge));
    ip(directory, "addr add %s/24 dev %s".formatted(address(block, HOST), hostLink(block)));
    ip(directory, "link set %s up".formatted(hostLink(block)));
    return new NamespaceAddresses(directory, bridge, block, port.orElse(DEFAULT_PORT));
  }

  @Override
  public LabNode next() {
    var number = nodes.incrementAndGet();
    if (number > LAST_NODE) {
      throw new IllegalStateException("A lab has at most " + LAST_NODE + " nodes");
    }
    var name = bridge + "-" + number;
    var link = "n" + number;
    var address = address(block, number);
    record(directory, "namespaces", name);
    ip(directory, "netns add %s".formatted(name));
    ip(directory, "-n %s link add %s type veth peer eth0 netns %s".formatted(bridge, link, name));
    ip(directory, "-n %s link set %s master br0 up".formatted(bridge, link));
    ip(directory, "-n %s link set lo up".formatted(name));
    ip(directory, "-n %s addr add %s/24 dev eth0".formatted(name, address));
    ip(directory, "-n %s link set eth0 up".formatted(name));
    return new LabNode(address, List.of("ip", "netns", "exec", name));
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void partition(LabNode node) {
    ip(directory, "-n %s link set %s down".formatted(bridge, link(node)));
  }

  @Override
  public void heal(LabNode node) {
    ip(directory, "-n %s link set %s up".formatted(bridge, link(node)));
  }

  @Override
  public void close() {
    // The reaper has removed the namespaces, and the links with them.
  }

  private static int claimBlock(Path directory, String bridge) {
    var inUse = ip(directory, "-4 route show table all");
    var refusal = new LabException("All networks 10.77.b.0/24 are in use");
    for (int block = 1; block <= LAST_BLOCK; block++) {
      if (inUse.contains("10.77." + block + ".")) {
        continue;
      }
      try {
        ip(
            directory,
            "link add %s type veth peer host netns %s".formatted(hostLink(block), bridge));
        record(directory, "links", hostLink(block));
        return block;
      } catch (LabException taken) {
        refusal.addSuppressed(taken);
      }
    }
    throw refusal;
  }

  private static String hostLink(int block) {
    return "pgtopo" + block;
  }

  private static String link(LabNode node) {
    return "n" + node.address().substring(node.address().lastIndexOf('.') + 1);
  }

  private static String address(int block, int node) {
    return "10.77." + block + "." + node;
  }

  /** Runs ip in a shell with a name below the lab's directory, by which the reaper finds it. */
  private static String ip(Path directory, String arguments) {
    return Command.run(
        directory,
        Command.join(
            List.of("/bin/sh", "-c", "ip \"$@\"", directory + "/data/ip"),
            List.of(arguments.split(" "))));
  }

  private static void record(Path directory, String list, String name) {
    Io.run(() -> Files.writeString(directory.resolve(list), name + "\n", CREATE, APPEND));
  }
}
