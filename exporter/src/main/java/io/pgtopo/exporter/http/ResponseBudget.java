package io.pgtopo.exporter.http;

import io.javalin.http.Context;
import io.pgtopo.exporter.web.Rejection;
import io.pgtopo.exporter.web.StartedThreads;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What responses may use together. Half of the processors render them, so that the others are left
 * to the cycles. Responses with one text share it, so many clients cost nothing; but each slow
 * client could hold the text of another snapshot. If these exceed the limit, the responses with the
 * oldest text are aborted. Any thread may call it.
 */
final class ResponseBudget {
  private static final int LONGEST_WAIT_SECONDS = 10;

  private final Semaphore renderings;

  /**
   * Not virtual ones either because the JDK's writers have small buffers there, which they copy
   * with each write until they are large.
   */
  private final ExecutorService threads;

  private final long mostBytes;
  private final Consumer<Context> disconnect;

  /** By their texts, oldest first. */
  private final SequencedMap<Object, Sending> texts = new LinkedHashMap<>();

  private record Sending(long textBytes, Set<Response> responses) {}

  /**
   * No response is sent yet.
   *
   * @param mostBytes that the texts may have together
   * @param disconnect closes the connection of a request
   */
  ResponseBudget(int processors, long mostBytes, Consumer<Context> disconnect) {
    var atOnce = Math.max(1, processors / 2);
    this.renderings = new Semaphore(atOnce, true);
    this.threads = StartedThreads.of("rendering", atOnce);
    this.mostBytes = mostBytes;
    this.disconnect = disconnect;
  }

  /**
   * Does the work that a response takes before it is sent.
   *
   * @throws Rejection if too many others wait
   */
  <T> T render(Supplier<T> work) {
    try {
      if (!renderings.tryAcquire(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw Rejection.busy();
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw Rejection.busy();
    }
    try {
      return await(threads.submit(work::get));
    } finally {
      renderings.release();
    }
  }

  private static <T> T await(Future<T> rendering) {
    try {
      return rendering.get();
    } catch (InterruptedException stopping) {
      rendering.cancel(true);
      Thread.currentThread().interrupt();
      throw Rejection.busy();
    } catch (ExecutionException failed) {
      switch (failed.getCause()) {
        case RuntimeException reason -> throw reason;
        case Error limit -> throw limit;
        case null, default -> throw new IllegalStateException(failed);
      }
    }
  }

  /**
   * Sends a response once its handler has ended, whose locals would hold all that it was made from.
   *
   * @param text that responses share, by its identity
   */
  void send(Context ctx, Object text, long textBytes, InputStream body) {
    ctx.result(hold(text, textBytes, body, () -> disconnect.accept(ctx)));
  }

  /**
   * The body of a response, which holds this text until it is read or closed.
   *
   * @param abort makes sure that what was sent does not look complete
   */
  synchronized InputStream hold(Object text, long textBytes, InputStream body, Runnable abort) {
    var sending =
        texts.computeIfAbsent(text, unused -> new Sending(textBytes, new LinkedHashSet<>()));
    var response = new Response(sending, body, abort);
    sending.responses.add(response);
    var bytes = texts.values().stream().mapToLong(Sending::textBytes).sum();
    while (bytes > mostBytes && texts.size() > 1) {
      var oldest = texts.pollFirstEntry().getValue();
      oldest.responses.forEach(it -> it.body = null);
      bytes -= oldest.textBytes;
    }
    return response;
  }

  /** How many responses are being sent. */
  synchronized int count() {
    return texts.values().stream().mapToInt(sending -> sending.responses.size()).sum();
  }

  private synchronized void ended(Response response) {
    response.sending.responses.remove(response);
    texts.values().removeIf(it -> it.responses.isEmpty());
  }

  private final class Response extends InputStream {
    /** Not the text itself, which an aborted response must not hold. */
    private final Sending sending;

    private final Runnable abort;

    /** None once it is aborted: its client may not read, and the thread that writes hang. */
    private volatile @Nullable InputStream body;

    Response(Sending sending, InputStream body, Runnable abort) {
      this.sending = sending;
      this.abort = abort;
      this.body = body;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      var current = body;
      if (current == null) {
        abort.run();
        throw new IOException("the client reads this response too slowly");
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
