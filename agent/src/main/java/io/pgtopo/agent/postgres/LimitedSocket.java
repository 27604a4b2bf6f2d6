package io.pgtopo.agent.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/** A socket to a server whose answers are bounded. */
final class LimitedSocket extends Socket {
  private final AnswerLimit limit = new AnswerLimit();

  /** Makes such sockets. The driver finds it by name. */
  public static final class Factory extends SocketFactory {
    @Override
    public Socket createSocket() {
      return new LimitedSocket();
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException("the driver connects by itself");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException("the driver connects by itself");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException("the driver connects by itself");
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException("the driver connects by itself");
    }
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return limit.limit(super.getInputStream());
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return limit.watch(super.getOutputStream());
  }
}
