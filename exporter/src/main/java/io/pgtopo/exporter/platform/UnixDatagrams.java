package io.pgtopo.exporter.platform;

import java.io.File;
import java.io.IOException;
import java.net.DatagramPacket;
import org.newsclub.net.unix.AFUNIXDatagramSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/**
 * Datagrams to Unix sockets, as systemd and its journal take them; the JDK has none. A new socket
 * for each: they are rare, and a restarted listener is found again.
 */
final class UnixDatagrams {
  private UnixDatagrams() {}

  /**
   * Sends one.
   *
   * @param socket a path, or the name of an abstract socket after an {@code @}
   * @throws IOException if nothing listens there, the datagram is too long, or the platform has no
   *     such sockets
   */
  static void send(String socket, byte[] datagram) throws IOException {
    try (var sender = AFUNIXDatagramSocket.newInstance()) {
      sender.connect(
          socket.startsWith("@")
              ? AFUNIXSocketAddress.inAbstractNamespace(socket.substring(1))
              : AFUNIXSocketAddress.of(new File(socket)));
      sender.send(new DatagramPacket(datagram, datagram.length));
    } catch (LinkageError unsupported) {
      throw new IOException("no Unix datagrams on this platform", unsupported);
    }
  }
}
