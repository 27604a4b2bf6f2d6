package io.pgtopo.exporter.platform;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import io.pgtopo.config.model.Printable;
import java.util.stream.Collectors;

/** Log lines for systemd's journal: with the priority in front and without a time. */
final class JournalLayout extends LayoutBase<ILoggingEvent> {
  /** Of a stack trace, in which a message may look like a line of the log. */
  private static final int INDENT = 2;

  @Override
  public String doLayout(ILoggingEvent event) {
    var prefix = prefix(event.getLevel());
    return text(event).lines().map(line -> prefix + line + "\n").collect(Collectors.joining());
  }

  /** The message in one line, with the stack trace of a bug below. */
  static String text(ILoggingEvent event) {
    var message = Printable.of(event.getFormattedMessage());
    var trace = event.getThrowableProxy();
    return trace == null
        ? message
        : message
            + "\n"
            + Printable.lines(ThrowableProxyUtil.asString(trace)).indent(INDENT).stripTrailing();
  }

  /** The prefix that the journal takes the priority from. */
  static String prefix(Level level) {
    return "<" + priority(level) + ">";
  }

  /** The syslog priority. */
  static int priority(Level level) {
    return switch (level.toInt()) {
      case Level.ERROR_INT -> 3;
      case Level.WARN_INT -> 4;
      case Level.INFO_INT -> 6;
      default -> 7;
    };
  }
}
