package io.pgtopo.exporter.platform;

import java.time.Duration;

/**
 * A line on the terminal that says what is in progress, after one second; nothing without a
 * terminal.
 */
public final class ProgressLine {
  private static final Duration STEP = Duration.ofSeconds(1);
  private static final String CLEAR = "\r\u001b[K";

  private final MessageOutput err;
  private final String what;
  private final Thread ticking;

  private ProgressLine(MessageOutput err, String what) {
    this.err = err;
    this.what = what;
    this.ticking = Thread.ofVirtual().name("progress").unstarted(this::tick);
  }

  public static ProgressLine start(Screen screen, MessageOutput err, String what) {
    var progress = new ProgressLine(err, what);
    if (screen.err() == Screen.Channel.TERMINAL) {
      progress.ticking.start();
    }
    return progress;
  }

  private void tick() {
    var seconds = 0;
    try {
      while (true) {
        Thread.sleep(STEP);
        seconds++;
        err.control(CLEAR);
        err.print("pgtopo: " + what + ", " + seconds + " s");
        err.flush();
      }
    } catch (InterruptedException done) {
      if (seconds > 0) {
        err.control(CLEAR);
      }
    }
  }

  /** Ends it, and clears the line. */
  public void end() {
    if (ticking.getState() == Thread.State.NEW) {
      return;
    }
    ticking.interrupt();
    try {
      ticking.join();
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
