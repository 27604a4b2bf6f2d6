package io.pgtopo.agent.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Socket} over a Unix socket, as far as the driver uses one: the JDK has the channel, but
 * no socket for it.
 *
 * <p>It has no time-out: a poll has a virtual thread, and an interrupt ends its read at once.
 */
final class UnixSocket extends Socket {

  /** Makes sockets to one path, whatever the host and port. The driver finds it by name. */
  public static final class Factory extends SocketFactory {
    private final UnixDomainSocketAddress address;

    /** A factory for the socket at a path, which the driver passes. */
    public Factory(String path) {
      this.address = UnixDomainSocketAddress.of(Path.of(path));
    }

    @Override
    public Socket createSocket() throws IOException {
      return new UnixSocket(address);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      return connected();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort)
        throws IOException {
      return connected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      return connected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
        throws IOException {
      return connected();
    }

    private Socket connected() throws IOException {
      var socket = createSocket();
      socket.connect(address);
      return socket;
    }
  }

  private final UnixDomainSocketAddress address;
  private final SocketChannel channel;
  private final AnswerLimit limit = new AnswerLimit();
  private volatile int timeoutMillis;

  private UnixSocket(UnixDomainSocketAddress address) throws IOException {
    this.address = address;
    this.channel = SocketChannel.open(StandardProtocolFamily.UNIX);
  }

  @Override
  public void connect(@Nullable SocketAddress ignored) throws IOException {
    try {
      channel.connect(address);
    } catch (IOException failed) {
      channel.close();
      throw failed;
    }
  }

  /** A Unix socket connects at once, or not at all. */
  @Override
  public void connect(@Nullable SocketAddress ignored, int timeout) throws IOException {
    connect(ignored);
  }

  @Override
  public InputStream getInputStream() {
    return limit.limit(Channels.newInputStream(channel));
  }

  @Override
  public OutputStream getOutputStream() {
    return limit.watch(Channels.newOutputStream(channel));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  @Override
  public boolean isConnected() {
    return channel.isConnected();
  }

  @Override
  public boolean isClosed() {
    return !channel.isOpen();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return address;
  }

  @Override
  public void setSoTimeout(int millis) {
    timeoutMillis = millis;
  }

  @Override
  public int getSoTimeout() {
    return timeoutMillis;
  }

  @Override
  public void setTcpNoDelay(boolean ignored) {
    // For TCP only.
  }

  @Override
  public void setKeepAlive(boolean ignored) {
    // The kernel closes it when the peer ends.
  }

  @Override
  public int getReceiveBufferSize() {
    return 8192;
  }

  @Override
  public int getSendBufferSize() {
    return 8192;
  }
}
