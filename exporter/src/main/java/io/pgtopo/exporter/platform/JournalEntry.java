package io.pgtopo.exporter.platform;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.pgtopo.config.model.Printable;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.slf4j.event.KeyValuePair;

/**
 * An entry of systemd's journal in its native protocol. Each value has its length in front: no text
 * can forge a field.
 */
final class JournalEntry {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private JournalEntry() {}

  /** The message, its priority, and the key-value pairs as {@code PGTOPO_...}. */
  static byte[] of(ILoggingEvent event) {
    var entry =
        new JournalEntry()
            .with("MESSAGE", JournalLayout.text(event))
            .with("PRIORITY", Integer.toString(JournalLayout.priority(event.getLevel())))
            .with("SYSLOG_IDENTIFIER", "pgtopo");
    for (var pair : Objects.requireNonNullElse(event.getKeyValuePairs(), List.<KeyValuePair>of())) {
      entry.with(
          "PGTOPO_" + pair.key.toUpperCase(Locale.ROOT), Printable.of(String.valueOf(pair.value)));
    }
    return entry.bytes.toByteArray();
  }

  private JournalEntry with(String name, String value) {
    var text = value.getBytes(StandardCharsets.UTF_8);
    bytes.writeBytes((name + "\n").getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(text.length)
            .array());
    bytes.writeBytes(text);
    bytes.write('\n');
    return this;
  }
}
