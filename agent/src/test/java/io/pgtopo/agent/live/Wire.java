package io.pgtopo.agent.live;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A relay between a client and a server that notes the type of every message of the client. */
final class Wire implements AutoCloseable {
  private final ServerSocket listener;
  private final String host;
  private final int port;
  private final List<Character> messages = new CopyOnWriteArrayList<>();

  Wire(String host, int port) throws IOException {
    this.host = host;
    this.port = port;
    this.listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Types of the messages since the last call, such as P, B, D, E, S; a login is L. */
  List<Character> take() {
    var taken = List.copyOf(messages);
    messages.clear();
    return taken;
  }

  private void accept() {
    try {
      while (true) {
        var client = listener.accept();
        var server = new Socket(host, port);
        Thread.ofVirtual().start(() -> forward(client, server));
        Thread.ofVirtual().start(() -> backward(server, client));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void forward(Socket client, Socket server) {
    try (client;
        server) {
      var in = new DataInputStream(client.getInputStream());
      var out = new DataOutputStream(server.getOutputStream());
      messages.add('L');
      copyRest(in, out);
      while (true) {
        var type = in.readByte();
        messages.add((char) type);
        out.writeByte(type);
        copyRest(in, out);
      }
    } catch (EOFException end) {
      // The client has closed.
    } catch (IOException broken) {
      // So has the server.
    }
  }

  private static void copyRest(DataInputStream in, DataOutputStream out) throws IOException {
    var length = in.readInt();
    out.writeInt(length);
    copy(in.readNBytes(length - 4), out);
  }

  private static void copy(byte[] bytes, OutputStream out) throws IOException {
    out.write(bytes);
    out.flush();
  }

  private static void backward(Socket server, Socket client) {
    try {
      server.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException closed) {
      // The other direction notices.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
