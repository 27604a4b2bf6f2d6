package io.pgtopo.exporter.platform;

import java.io.File;
import java.io.IOException;
import java.net.DatagramPacket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.newsclub.net.unix.AFUNIXDatagramSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/** The other end of {@link UnixDatagrams}. */
record ListeningSocket(AFUNIXDatagramSocket socket, String path) implements AutoCloseable {
  private static final int LONGEST = 64 * 1024;

  static ListeningSocket at(Path path) throws IOException {
    Files.deleteIfExists(path);
    var socket = AFUNIXDatagramSocket.newInstance();
    socket.bind(AFUNIXSocketAddress.of(new File(path.toString())));
    return new ListeningSocket(socket, path.toString());
  }

  /** Waits for a datagram. */
  String next() throws IOException {
    var packet = new DatagramPacket(new byte[LONGEST], LONGEST);
    socket.receive(packet);
    return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    socket.close();
  }
}
