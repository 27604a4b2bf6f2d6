package io.pgtopo.agent.postgres;

import io.pgtopo.config.model.Endpoint;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A server that speaks PostgreSQL's protocol and answers what a test wants. It accepts every login.
 */
final class HostileServer implements AutoCloseable {
  static final int TEXT = 25;
  static final int TEXTS = 1009;
  static final int INTEGER = 23;
  static final int BOOLEAN = 16;
  private static final int BACKEND = 42;
  private static final int SSL_REQUEST = 80877103;
  private static final int MANY = 4096;

  /** A column of a row, in text form. */
  record Cell(String name, int type, @Nullable String value) {

    /** It with another value. */
    Cell with(@Nullable String other) {
      return new Cell(name, type, other);
    }
  }

  /** How it treats the clients. */
  interface Manner {
    /** Instead of the answer to a login: whether it wrote one. */
    default boolean login(DataOutputStream out) throws IOException {
      return false;
    }

    /** The row for a statement; none for a command. */
    List<Cell> row(String sql) throws IOException;

    /** The same, of the server at an address of this machine. */
    default List<Cell> row(String sql, InetAddress server) throws IOException {
      return row(sql);
    }

    /** The row for the question which process serves the client. */
    default List<Cell> process() {
      return List.of(new Cell("pid", INTEGER, String.valueOf(BACKEND)));
    }

    /** Instead of a row: whether it wrote something. */
    default boolean rows(String sql, DataOutputStream out) throws IOException {
      return false;
    }
  }

  private final ServerSocket listener;
  private final Manner manner;
  private final Optional<SSLContext> tls;
  private final ThreadFactory threads;
  private final Queue<Socket> clients = new ConcurrentLinkedQueue<>();
  private final AtomicInteger sessions = new AtomicInteger();

  HostileServer(Manner manner) throws IOException {
    this(manner, Optional.empty());
  }

  /** One that offers TLS to whoever requests it. */
  HostileServer(Manner manner, Optional<SSLContext> tls) throws IOException {
    this(
        manner,
        tls,
        new ServerSocket(0, 50, InetAddress.getLoopbackAddress()),
        Thread.ofPlatform().daemon().name("hostile ", 0).factory());
  }

  /** One at every address of this machine, which serves thousands of clients. */
  static HostileServer atAllAddresses(Manner manner) throws IOException {
    return new HostileServer(
        manner,
        Optional.empty(),
        new ServerSocket(0, MANY),
        Thread.ofVirtual().name("session ", 0).factory());
  }

  private HostileServer(
      Manner manner, Optional<SSLContext> tls, ServerSocket listener, ThreadFactory threads) {
    this.manner = manner;
    this.tls = tls;
    this.listener = listener;
    this.threads = threads;
    threads.newThread(this::accept).start();
  }

  Endpoint endpoint() {
    return new Endpoint("127.0.0.1", listener.getLocalPort());
  }

  /** A message of the protocol. */
  static byte[] message(char type, byte[] body) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(type);
      out.writeInt(4 + body.length);
      out.write(body);
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    return bytes.toByteArray();
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void accept() {
    try {
      while (true) {
        var client = listener.accept();
        clients.add(client);
        threads.newThread(() -> serve(client)).start();
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  /** How many clients are connected. */
  int sessions() {
    return sessions.get();
  }

  private void serve(Socket client) {
    sessions.incrementAndGet();
    try {
      converse(client);
    } finally {
      sessions.decrementAndGet();
    }
  }

  private void converse(Socket client) {
    try (client) {
      var in = new DataInputStream(client.getInputStream());
      var length = in.readInt();
      var code = in.readInt();
      in.readNBytes(length - 8);
      if (code != SSL_REQUEST) {
        session(in, client);
        return;
      }
      client.getOutputStream().write(tls.isPresent() ? 'S' : 'N');
      var secured = tls.isPresent() ? secure(client, tls.get()) : client;
      var inside = new DataInputStream(secured.getInputStream());
      inside.readNBytes(inside.readInt() - 4);
      session(inside, secured);
    } catch (IOException gone) {
      // The client has left.
    }
  }

  private static Socket secure(Socket client, SSLContext context) throws IOException {
    var secured = (SSLSocket) context.getSocketFactory().createSocket(client, "localhost", 0, true);
    secured.setUseClientMode(false);
    secured.startHandshake();
    return secured;
  }

  private void session(DataInputStream in, Socket client) throws IOException {
    var out = new DataOutputStream(new BufferedOutputStream(client.getOutputStream()));
    if (manner.login(out)) {
      out.flush();
      return;
    }
    welcome(out);
    var statements = new HashMap<String, String>();
    var sql = "";
    while (true) {
      var type = (char) in.readByte();
      var body = new String(in.readNBytes(in.readInt() - 4), StandardCharsets.UTF_8).split("\0", 3);
      switch (type) {
        case 'P' -> {
          statements.put(body[0], body[1]);
          out.write(message('1', new byte[0]));
        }
        case 'B' -> {
          sql = statements.getOrDefault(body[1], "");
          out.write(message('2', new byte[0]));
        }
        case 'D' -> describe(row(sql, client), out);
        case 'E' -> execute(sql, row(sql, client), out);
        case 'Q' -> {
          out.write(message('I', new byte[0]));
          ready(out);
        }
        case 'S' -> ready(out);
        case 'C' -> out.write(message('3', new byte[0]));
        default -> {
          return;
        }
      }
    }
  }

  private static void welcome(DataOutputStream out) throws IOException {
    out.write(message('R', new byte[4]));
    for (var setting :
        List.of(
            "server_version\00017.0",
            "server_encoding\0UTF8",
            "client_encoding\0UTF8",
            "DateStyle\0ISO, MDY",
            "TimeZone\0UTC",
            "integer_datetimes\0on",
            "standard_conforming_strings\0on")) {
      out.write(message('S', text(setting + "\0")));
    }
    out.write(message('K', new byte[] {0, 0, 0, BACKEND, 0, 0, 0, 1}));
    ready(out);
  }

  private static void ready(DataOutputStream out) throws IOException {
    out.write(message('Z', text("I")));
    out.flush();
  }

  private List<Cell> row(String sql, Socket client) throws IOException {
    if (sql.contains("pg_backend_pid")) {
      return manner.process();
    }
    return sql.contains("TRANSACTION ISOLATION")
        ? List.of(new Cell("transaction_isolation", TEXT, "read committed"))
        : manner.row(sql, client.getLocalAddress());
  }

  private static void describe(List<Cell> row, DataOutputStream out) throws IOException {
    if (row.isEmpty()) {
      out.write(message('n', new byte[0]));
      return;
    }
    var bytes = new ByteArrayOutputStream();
    var body = new DataOutputStream(bytes);
    body.writeShort(row.size());
    for (var cell : row) {
      body.write(text(cell.name + "\0"));
      body.writeInt(0);
      body.writeShort(0);
      body.writeInt(cell.type);
      body.writeShort(-1);
      body.writeInt(-1);
      body.writeShort(0);
    }
    out.write(message('T', bytes.toByteArray()));
  }

  private void execute(String sql, List<Cell> row, DataOutputStream out) throws IOException {
    if (!row.isEmpty() && !manner.rows(sql, out)) {
      var bytes = new ByteArrayOutputStream();
      var body = new DataOutputStream(bytes);
      body.writeShort(row.size());
      for (var cell : row) {
        if (cell.value == null) {
          body.writeInt(-1);
        } else {
          body.writeInt(text(cell.value).length);
          body.write(text(cell.value));
        }
      }
      out.write(message('D', bytes.toByteArray()));
    }
    out.write(message('C', text(row.isEmpty() ? "SET\0" : "SELECT 1\0")));
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (var client : clients) {
      client.close();
    }
  }
}
