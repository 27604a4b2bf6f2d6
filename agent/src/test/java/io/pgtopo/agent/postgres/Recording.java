package io.pgtopo.agent.postgres;

import io.pgtopo.config.model.Endpoint;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What a real server answered to a client, turn by turn: a turn of the client ends with a message
 * that demands an answer, that of the server when it is ready for the next one.
 */
record Recording(List<byte[]> turns) {
  private static final int SSL_REQUEST = 80877103;
  private static final int CANCEL_REQUEST = 80877102;

  Recording {
    turns = List.copyOf(turns);
  }

  /** Sends one turn to a client: whether the conversation goes on. */
  interface Answer {
    boolean send(int turn, byte[] recorded, Socket client) throws IOException;
  }

  /** A listener that serves each client on a thread of its own. */
  abstract static class Listener implements AutoCloseable {
    private final ServerSocket listener;
    private final Queue<Socket> clients = new ConcurrentLinkedQueue<>();

    Listener() throws IOException {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    final Endpoint endpoint() {
      return new Endpoint("127.0.0.1", listener.getLocalPort());
    }

    final void start() {
      Thread.ofPlatform().daemon().name("listener").start(this::accept);
    }

    private void accept() {
      try {
        while (true) {
          var client = listener.accept();
          clients.add(client);
          Thread.ofPlatform().daemon().name("session").start(() -> serve(client));
        }
      } catch (IOException closed) {
        // The test is over.
      }
    }

    private void serve(Socket client) {
      try (client) {
        var in = new DataInputStream(client.getInputStream());
        var first = packet(in);
        if (code(first) == SSL_REQUEST) {
          client.getOutputStream().write('N');
          first = packet(in);
        }
        if (code(first) != CANCEL_REQUEST) {
          converse(first, in, client);
        }
      } catch (IOException gone) {
        // The client has left.
      }
    }

    abstract void converse(byte[] startup, DataInputStream in, Socket client) throws IOException;

    @Override
    public final void close() throws IOException {
      listener.close();
      for (var client : clients) {
        client.close();
      }
    }
  }

  /** Stands between a client and a real server, and writes down what the server answers. */
  static final class Recorder extends Listener {
    private final Endpoint real;
    private final List<byte[]> turns = Collections.synchronizedList(new ArrayList<>());

    Recorder(Endpoint real) throws IOException {
      this.real = real;
      start();
    }

    @Override
    void converse(byte[] startup, DataInputStream in, Socket client) throws IOException {
      try (var server = new Socket(real.host(), real.port())) {
        var answers = new DataInputStream(server.getInputStream());
        server.getOutputStream().write(startup);
        answer(answers, client);
        while (turn(in, server.getOutputStream())) {
          answer(answers, client);
        }
      }
    }

    private void answer(DataInputStream answers, Socket client) throws IOException {
      var turn = new ByteArrayOutputStream();
      char type;
      do {
        type = message(answers, turn);
      } while (type != 'Z');
      turns.add(turn.toByteArray());
      client.getOutputStream().write(turn.toByteArray());
    }

    Recording recording() {
      return new Recording(turns);
    }
  }

  /** Answers as the recorded server did, through what a test makes of each turn. */
  static final class Replay extends Listener {
    private final Recording recording;
    private final Answer answer;

    Replay(Recording recording, Answer answer) throws IOException {
      this.recording = recording;
      this.answer = answer;
      start();
    }

    @Override
    void converse(byte[] startup, DataInputStream in, Socket client) throws IOException {
      var turn = 0;
      do {
        if (turn == recording.turns.size()
            || !answer.send(turn, recording.turns.get(turn), client)) {
          return;
        }
        turn++;
      } while (turn(in, OutputStream.nullOutputStream()));
    }
  }

  private static int code(byte[] startup) {
    return ByteBuffer.wrap(startup).getInt(4);
  }

  private static byte[] packet(DataInputStream in) throws IOException {
    var bytes = new ByteArrayOutputStream();
    body(in, new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  /** Copies the messages of a client's turn: whether it demands an answer. */
  private static boolean turn(DataInputStream in, OutputStream out) throws IOException {
    char type;
    do {
      type = message(in, out);
    } while (type != 'S' && type != 'Q' && type != 'X');
    return type != 'X';
  }

  private static char message(DataInputStream in, OutputStream out) throws IOException {
    var type = (char) in.readByte();
    out.write(type);
    body(in, new DataOutputStream(out));
    return type;
  }

  private static void body(DataInputStream in, DataOutputStream out) throws IOException {
    var length = in.readInt();
    out.writeInt(length);
    out.write(in.readNBytes(length - 4));
  }
}
