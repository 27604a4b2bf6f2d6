package io.pgtopo.agent.live;

import io.pgtopo.config.model.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;

/**
 * A relay at the address of a server that makes it far away: each byte arrives later, both ways.
 */
final class DistantServer implements AutoCloseable {
  private final ServerSocket listener;
  private final Endpoint server;
  private final Duration eachWay;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

  DistantServer(Endpoint server, Duration eachWay) throws IOException {
    this.server = server;
    this.eachWay = eachWay;
    this.listener = new ServerSocket(0, 50, InetAddress.getByName(server.host()));
    Thread.ofVirtual().start(this::accept);
  }

  Endpoint endpoint() {
    return new Endpoint(server.host(), listener.getLocalPort());
  }

  private void accept() {
    try {
      while (true) {
        var client = listener.accept();
        var remote = new Socket(server.host(), server.port());
        sockets.add(client);
        sockets.add(remote);
        relay(client, remote);
        relay(remote, client);
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  /** Bytes that arrive at a time; none at the end. */
  private static final class Packet implements Delayed {
    private final byte[] bytes;
    private final long arrival;

    Packet(byte[] bytes, Duration after) {
      this.bytes = bytes;
      this.arrival = System.nanoTime() + after.toNanos();
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(arrival - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }

  private void relay(Socket from, Socket to) {
    var underWay = new DelayQueue<Packet>();
    Thread.ofVirtual().start(() -> read(from, underWay));
    Thread.ofVirtual().start(() -> write(underWay, to));
  }

  private void read(Socket from, DelayQueue<Packet> underWay) {
    var buffer = new byte[1 << 16];
    var length = 0;
    while (length >= 0) {
      try {
        length = from.getInputStream().read(buffer);
      } catch (IOException broken) {
        length = -1;
      }
      underWay.add(new Packet(Arrays.copyOf(buffer, Math.max(0, length)), eachWay));
    }
  }

  private static void write(DelayQueue<Packet> underWay, Socket to) {
    try (to) {
      for (var next = underWay.take(); next.bytes.length > 0; next = underWay.take()) {
        to.getOutputStream().write(next.bytes);
      }
    } catch (IOException broken) {
      // The other direction notices.
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (var socket : sockets) {
      socket.close();
    }
  }
}
