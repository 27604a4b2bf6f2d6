package io.pgtopo.exporter.platform;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Log lines for a terminal or a file: time, level and message. */
final class StreamLayout extends LayoutBase<ILoggingEvent> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX");

  @Override
  public String doLayout(ILoggingEvent event) {
    var time = TIME.format(OffsetDateTime.ofInstant(event.getInstant(), ZoneId.systemDefault()));
    return "%s %-5s %s%n".formatted(time, event.getLevel(), JournalLayout.text(event));
  }
}
