package io.pgtopo.exporter.platform;

import io.pgtopo.config.model.Printable;
import java.io.PrintWriter;

/** Standard error of a command: whatever a message quotes, it is shown as {@link Printable}. */
public final class MessageOutput extends PrintWriter {
  private final PrintWriter terminal;

  public MessageOutput(PrintWriter terminal) {
    super(terminal, true);
    this.terminal = terminal;
  }

  @Override
  public void write(String text, int start, int length) {
    var shown = Printable.lines(text.substring(start, start + length));
    super.write(shown, 0, shown.length());
  }

  @Override
  public void write(char[] text, int start, int length) {
    write(new String(text, start, length), 0, length);
  }

  /** Sends what a terminal obeys. */
  void control(String sequence) {
    terminal.print(sequence);
    terminal.flush();
  }
}
