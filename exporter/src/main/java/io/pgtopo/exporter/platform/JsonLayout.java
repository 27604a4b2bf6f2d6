package io.pgtopo.exporter.platform;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.pgtopo.config.model.Printable;
import java.nio.charset.StandardCharsets;

/**
 * Log lines as Logback's JSON: time in milliseconds, level, message, key-value pairs, and the stack
 * trace of a bug.
 */
final class JsonLayout extends JsonEncoder {
  private final LogLevel.Destination destination;

  JsonLayout(LogLevel.Destination destination) {
    this.destination = destination;
    setWithSequenceNumber(false);
    setWithNanoseconds(false);
    setWithThreadName(false);
    setWithLoggerName(false);
    setWithContext(false);
    setWithMarkers(false);
    setWithMDC(false);
    setWithMessage(false);
    setWithArguments(false);
    setWithFormattedMessage(true);
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    var text = new String(super.encode(event), StandardCharsets.UTF_8);
    var line = Printable.lines(text).getBytes(StandardCharsets.UTF_8);
    if (destination == LogLevel.Destination.STREAM) {
      return line;
    }
    var prefix = JournalLayout.prefix(event.getLevel()).getBytes(StandardCharsets.US_ASCII);
    var both = new byte[prefix.length + line.length];
    System.arraycopy(prefix, 0, both, 0, prefix.length);
    System.arraycopy(line, 0, both, prefix.length, line.length);
    return both;
  }
}
