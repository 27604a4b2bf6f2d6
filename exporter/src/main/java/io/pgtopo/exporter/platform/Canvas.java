package io.pgtopo.exporter.platform;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;

/**
 * Where pictures replace each other: the second screen of a terminal, which gives way to the first
 * one and the last picture at the end; elsewhere one picture follows the other.
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

  Optional<Screen.Size> size() {
    return screen.size().get();
  }

  /** Shows a picture; what does not fit into the window is counted. */
  public synchronized void draw(String picture) {
    if (isLeft) {
      return;
    }
    if (!isTerminal()) {
      out.print(last.isEmpty() ? picture : "\n" + picture);
      out.flush();
      last = picture;
      return;
    }
    last = picture;
    var text = new StringBuilder(HOME);
    var lines = fitting(picture.lines().toList());
    for (var i = 0; i < lines.size(); i++) {
      text.append(i == 0 ? "" : "\r\n").append(lines.get(i)).append(CLEAR_LINE);
    }
    out.print(text.append(CLEAR_BELOW));
    out.flush();
  }

  private List<String> fitting(List<String> lines) {
    var rows = size().map(Screen.Size::rows).orElse(Integer.MAX_VALUE);
    if (lines.size() <= rows) {
      return lines;
    }
    var shown = new java.util.ArrayList<>(lines.subList(0, Math.max(1, rows - 1)));
    shown.add("... " + (lines.size() - shown.size()) + " more lines");
    return shown;
  }

  /** Whether nobody reads any more. */
  public boolean isGone() {
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
