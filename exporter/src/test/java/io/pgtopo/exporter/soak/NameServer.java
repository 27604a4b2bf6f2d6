package io.pgtopo.exporter.soak;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A DNS server that knows no name, and says so or says nothing. */
final class NameServer implements AutoCloseable {
  static final String ADDRESS = "127.91.91.53";

  private static final int PORT = 53;
  private static final int LONGEST = 512;
  private static final int IS_RESPONSE = 0x80;
  private static final int NO_SUCH_NAME = 3;

  private final DatagramSocket socket;
  private volatile boolean isSilent;

  /** Needs root, for the port. */
  NameServer() throws IOException {
    socket = new DatagramSocket(new InetSocketAddress(InetAddress.getByName(ADDRESS), PORT));
    Thread.ofVirtual().start(this::serve);
  }

  void beSilent(boolean silent) {
    isSilent = silent;
  }

  private void serve() {
    var packet = new DatagramPacket(new byte[LONGEST], LONGEST);
    try {
      while (!socket.isClosed()) {
        packet.setLength(LONGEST);
        socket.receive(packet);
        if (!isSilent) {
          packet.getData()[2] |= (byte) IS_RESPONSE;
          packet.getData()[3] = NO_SUCH_NAME;
          socket.send(packet);
        }
      }
    } catch (IOException closed) {
      isSilent = true;
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
