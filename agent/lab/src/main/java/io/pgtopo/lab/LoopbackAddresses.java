package io.pgtopo.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * A block 127.77.b.0/24 of the loopback network. A listener on its last address claims it until the
 * JVM ends. All servers see each other as 127.0.0.1, since the kernel chooses the source address.
 */
final class LoopbackAddresses implements Addresses {
  // Below 32768, where Linux' ephemeral ports begin: a client's socket would block a server's port.
  private static final int LOCK_PORT = 15431;
  private static final int FIRST_PORT = 15432;
  private static final int LAST_PORT = 15463;
  private static final int LAST_BLOCK = 254;
  private static final int LAST_NODE = 253;
  private static final int LOCK_NODE = 254;
  private static final int CHECKED_NODES = 32;

  private final int block;
  private final int port;
  private final ServerSocket lock;
  private final AtomicInteger nodes = new AtomicInteger();

  private LoopbackAddresses(int block, int port, ServerSocket lock) {
    this.block = block;
    this.port = port;
    this.lock = lock;
  }

  /** Claims a block on which {@code port}, or any port of the lab's own range, can be bound. */
  static LoopbackAddresses claim(OptionalInt port) {
    var first = port.orElse(FIRST_PORT);
    var last = port.orElse(LAST_PORT);
    var refusal = "no block was tried";
    for (int block = 1; block <= LAST_BLOCK; block++) {
      try {
        var lock = listen(address(block, LOCK_NODE), LOCK_PORT);
        var free = freePort(block, first, last);
        if (free.isPresent()) {
          return new LoopbackAddresses(block, free.getAsInt(), lock);
        }
        lock.close();
        refusal = "ports %d to %d are in use".formatted(first, last);
      } catch (IOException failure) {
        refusal = String.valueOf(failure.getMessage());
      }
    }
    throw new LabException(
        "No block 127.77.b.0/24 is free: %s. Where only 127.0.0.1 is set up (macOS), add"
                .formatted(refusal)
            + " 127.77.1.1 and so on, and 127.77.1.254: sudo ifconfig lo0 alias 127.77.1.1");
  }

  @Override
  public LabNode next() {
    var node = nodes.incrementAndGet();
    if (node > LAST_NODE) {
      throw new IllegalStateException("A lab has at most " + LAST_NODE + " nodes");
    }
    return new LabNode(address(block, node), List.of());
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void partition(LabNode node) {
    throw new UnsupportedOperationException(
        "A partition needs a network that can be cut: open the lab with LabNetwork.NAMESPACES, as"
            + " root.");
  }

  @Override
  public void heal(LabNode node) {
    partition(node);
  }

  @Override
  public void close() {
    Io.run(lock::close);
  }

  private static OptionalInt freePort(int block, int first, int last) {
    return IntStream.rangeClosed(first, last)
        .filter(
            port ->
                IntStream.rangeClosed(1, CHECKED_NODES)
                    .allMatch(node -> isFree(address(block, node), port)))
        .findFirst();
  }

  /**
   * An address that this machine does not have says nothing about the port; the server that needs
   * it will fail.
   */
  private static boolean isFree(String address, int port) {
    try (var probe = listen(address, port)) {
      return probe.isBound();
    } catch (IOException failure) {
      return String.valueOf(failure.getMessage()).contains("assign requested address");
    }
  }

  private static ServerSocket listen(String address, int port) throws IOException {
    var socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(address), port), 1);
      return socket;
    } catch (IOException failure) {
      socket.close();
      throw failure;
    }
  }

  private static String address(int block, int node) {
    return "127.77." + block + "." + node;
  }
}
