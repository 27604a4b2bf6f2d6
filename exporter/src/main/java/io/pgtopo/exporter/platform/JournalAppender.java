package io.pgtopo.exporter.platform;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;

/**
 * Log lines for systemd's journal with what they are about in fields of their own. What the journal
 * does not take goes to the standard error, where it reads lines.
 */
final class JournalAppender extends AppenderBase<ILoggingEvent> {
  private final String socket;
  private final Appender<ILoggingEvent> otherwise;

  /**
   * An appender to be started.
   *
   * @param socket where the journal takes entries
   * @param otherwise writes lines with their priority in front
   */
  JournalAppender(String socket, Appender<ILoggingEvent> otherwise) {
    this.socket = socket;
    this.otherwise = otherwise;
  }

  @Override
  protected void append(ILoggingEvent event) {
    try {
      UnixDatagrams.send(socket, JournalEntry.of(event));
    } catch (IOException notTaken) {
      otherwise.doAppend(event);
    }
  }
}
