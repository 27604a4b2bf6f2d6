package io.pgtopo.exporter.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers on their way to those who asked. Answers with one text share it, so many readers cost
 * nothing; but each slow reader could hold the text of another snapshot. Where these become more
 * than is allowed, the answers with the oldest text break off. Any thread may call it.
 */
final class ResponseBudget {
  private final long most;
  private final Consumer<Context> breaking;
  private final ReentrantLock lock = new ReentrantLock();

  /** By their texts, oldest first. */
  private final SequencedMap<Text, Set<Answer>> underWay = new LinkedHashMap<>();

  /**
   * No answer is under way yet.
   *
   * @param most bytes that the texts may have together
   * @param breaking breaks a connection
   */
  ResponseBudget(long most, Consumer<Context> breaking) {
    this.most = most;
    this.breaking = breaking;
  }

  /** What answers share, by identity. */
  static final class Text {
    private final long bytes;

    Text(long bytes) {
      this.bytes = bytes;
    }
  }

  /**
   * Sends an answer once its handler has ended, whose locals would hold all that it was made from.
   */
  void send(Context ctx, Text text, InputStream content) {
    ctx.result(hold(text, content, () -> breaking.accept(ctx)));
  }

  /**
   * The content of an answer, which holds this text until it is read or closed.
   *
   * @param incomplete sees to it that what was sent does not look complete
   */
  InputStream hold(Text text, InputStream content, Runnable incomplete) {
    var answer = new Answer(text, content, incomplete);
    lock.lock();
    try {
      underWay.computeIfAbsent(text, unused -> new LinkedHashSet<>()).add(answer);
      var all = underWay.keySet().stream().mapToLong(it -> it.bytes).sum();
      while (all > most && underWay.size() > 1) {
        var oldest = underWay.pollFirstEntry();
        oldest.getValue().forEach(Answer::breakOff);
        all -= oldest.getKey().bytes;
      }
    } finally {
      lock.unlock();
    }
    return answer;
  }

  /** How many answers are under way. */
  int count() {
    lock.lock();
    try {
      return underWay.values().stream().mapToInt(Set::size).sum();
    } finally {
      lock.unlock();
    }
  }

  private void ended(Answer answer) {
    lock.lock();
    try {
      underWay.computeIfPresent(
          answer.text,
          (text, answers) -> {
            answers.remove(answer);
            return answers.isEmpty() ? null : answers;
          });
    } finally {
      lock.unlock();
    }
  }

  private final class Answer extends InputStream {
    private final Text text;
    private final Runnable incomplete;
    private volatile @Nullable InputStream content;

    Answer(Text text, InputStream content, Runnable incomplete) {
      this.text = text;
      this.incomplete = incomplete;
      this.content = content;
    }

    /** Its reader may be blocked, and holds the text no more from now on. */
    void breakOff() {
      content = null;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      var current = content;
      if (current == null) {
        incomplete.run();
        throw new IOException("this answer was read too slowly");
      }
      var count = current.read(into, from, length);
      if (count < 0) {
        ended(this);
      }
      return count;
    }

    @Override
    public void close() {
      ended(this);
    }
  }
}
