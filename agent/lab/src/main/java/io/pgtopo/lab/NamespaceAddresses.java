package io.pgtopo.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network 10.77.b.0/24 of namespaces: one per node, and one that holds the bridge, out of reach
 * of the machine's own packet filter. The caller's end of it is a link named after the block, and
 * this name is what claims the block.
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

  /**
   * Makes the network; what it consists of is listed in {@code directory}, for the reaper to
   * remove.
   */
  static NamespaceAddresses claim(Path directory, String labId, OptionalInt port) {
    if (!Network.NAMESPACES.isAvailable()) {
      throw new LabException(
          "Network namespaces need root with the right to make them, and ip of iproute2.");
    }
    String bridge = "pgtopo-" + labId;
    record(directory, "namespaces", bridge);
    ip(directory, "netns", "add", bridge);
    int block = claimBlock(directory, bridge);
    ip(directory, "-n", bridge, "link", "add", "br0", "type", "bridge");
    ip(directory, "-n", bridge, "link", "set", "br0", "up");
    ip(directory, "-n", bridge, "link", "set", "host", "master", "br0", "up");
    ip(directory, "addr", "add", address(block, HOST) + "/24", "dev", hostLink(block));
    ip(directory, "link", "set", hostLink(block), "up");
    return new NamespaceAddresses(directory, bridge, block, port.orElse(DEFAULT_PORT));
  }

  @Override
  public Node next() {
    int number = nodes.incrementAndGet();
    if (number > LAST_NODE) {
      throw new IllegalStateException("A lab has at most " + LAST_NODE + " nodes");
    }
    String name = bridge + "-" + number;
    String link = "n" + number;
    String address = address(block, number);
    record(directory, "namespaces", name);
    ip(directory, "netns", "add", name);
    ip(directory, "-n", bridge, "link", "add", link, "type", "veth", "peer", "eth0", "netns", name);
    ip(directory, "-n", bridge, "link", "set", link, "master", "br0", "up");
    ip(directory, "-n", name, "link", "set", "lo", "up");
    ip(directory, "-n", name, "addr", "add", address + "/24", "dev", "eth0");
    ip(directory, "-n", name, "link", "set", "eth0", "up");
    return new Node(address, List.of("ip", "netns", "exec", name));
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void partition(Node node) {
    ip(directory, "-n", bridge, "link", "set", link(node), "down");
  }

  @Override
  public void heal(Node node) {
    ip(directory, "-n", bridge, "link", "set", link(node), "up");
  }

  @Override
  public void close() {
    // The reaper has removed the namespaces, and the links with them.
  }

  private static int claimBlock(Path directory, String bridge) {
    String inUse = ip(directory, "-4", "route", "show", "table", "all");
    LabException refusal = new LabException("All networks 10.77.b.0/24 are in use");
    for (int block = 1; block <= LAST_BLOCK; block++) {
      if (inUse.contains("10.77." + block + ".")) {
        continue;
      }
      try {
        ip(
            directory,
            "link",
            "add",
            hostLink(block),
            "type",
            "veth",
            "peer",
            "host",
            "netns",
            bridge);
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

  private static String link(Node node) {
    return "n" + node.address().substring(node.address().lastIndexOf('.') + 1);
  }

  private static String address(int block, int node) {
    return "10.77." + block + "." + node;
  }

  /**
   * Run in a shell whose name lies below the lab's directory, so that the reaper finds it at work.
   */
  private static String ip(Path directory, String... arguments) {
    List<String> words =
        new ArrayList<>(List.of("/bin/sh", "-c", "ip \"$@\"", directory + "/data/ip"));
    words.addAll(List.of(arguments));
    return Command.run(directory, words);
  }

  private static void record(Path directory, String list, String name) {
    try {
      Files.writeString(
          directory.resolve(list),
          name + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
