package io.pgtopo.exporter.platform;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Redraws in place on the alternate screen of a terminal, and leaves the last frame on the normal
 * one; elsewhere, frames follow each other.
 */
public final class Canvas implements AutoCloseable {
  private static final String ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l";
  private static final String LEAVE = "\u001b[?7h\u001b[?25h\u001b[?1049l";
  private static final String HOME = "\u001b[H";
  private static final String CLEAR_LINE = "\u001b[K";
  private static final String CLEAR_BELOW = "\u001b[J";

  private final Screen screen;
  private final PrintWriter out;
  private final Thread leaving;
  private String last = "";
  private boolean isLeft;

  private Canvas(Screen screen, PrintWriter out) {
    this.screen = screen;
    this.out = out;
    this.leaving = Thread.ofPlatform().name("leave the screen").unstarted(this::leave);
  }

  public static Canvas open(Screen screen, PrintWriter out) {
    var canvas = new Canvas(screen, out);
    if (canvas.isTerminal()) {
      Runtime.getRuntime().addShutdownHook(canvas.leaving);
      out.print(ENTER);
      out.flush();
    }
    return canvas;
  }

  /** Draws a frame; lines that do not fit into the window are counted. */
  public synchronized void draw(String frame) {
    if (isLeft) {
      return;
    }
    if (!isTerminal()) {
      out.print(last.isEmpty() ? frame : "\n" + frame);
      out.flush();
      last = frame;
      return;
    }
    last = frame;
    var text = new StringBuilder(HOME);
    var lines = fitting(frame.lines().toList());
    for (var i = 0; i < lines.size(); i++) {
      text.append(i == 0 ? "" : "\r\n").append(lines.get(i)).append(CLEAR_LINE);
    }
    out.print(text.append(CLEAR_BELOW));
    out.flush();
  }

  private List<String> fitting(List<String> lines) {
    var rows = screen.size().get().map(Screen.Size::rows).orElse(Integer.MAX_VALUE);
    if (lines.size() <= rows) {
      return lines;
    }
    var shown = new ArrayList<>(lines.subList(0, Math.max(1, rows - 1)));
    shown.add("... " + (lines.size() - shown.size()) + " more lines");
    return shown;
  }

  /** Whether the reader of a pipe has gone. */
  public boolean isClosed() {
    return out.checkError();
  }

  private boolean isTerminal() {
    return screen.out() == Screen.Channel.TERMINAL;
  }

  private synchronized void leave() {
    if (!isLeft) {
      isLeft = true;
      out.print(LEAVE + last);
      out.flush();
    }
  }

  @Override
  public void close() {
    if (isTerminal()) {
      leave();
    }
  }
}
