package io.pgtopo.exporter.platform;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;

/**
 * Sends log events to systemd's journal, with structured fields. Entries that it refuses go to
 * standard error, which it reads by line.
 */
final class JournalAppender extends AppenderBase<ILoggingEvent> {
  private final String socket;
  private final Appender<ILoggingEvent> fallback;

  /** Takes the socket of the journal, and the appender of refused entries. */
  JournalAppender(String socket, Appender<ILoggingEvent> fallback) {
    this.socket = socket;
    this.fallback = fallback;
  }

  @Override
  protected void append(ILoggingEvent event) {
    try {
      UnixDatagrams.send(socket, JournalEntry.of(event));
    } catch (IOException notTaken) {
      fallback.doAppend(event);
    }
  }
}
