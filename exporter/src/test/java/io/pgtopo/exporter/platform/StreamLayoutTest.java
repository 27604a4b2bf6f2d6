package io.pgtopo.exporter.platform;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StreamLayoutTest {
  private static final String HOSTILE = "\u001b[2J\u0007\r\n\u009b1m\u202e\u2066\u200b";

  private static LoggingEvent event(String message) {
    var event = new LoggingEvent();
    event.setLevel(Level.WARN);
    event.setMessage(message);
    event.setInstant(Instant.EPOCH);
    return event;
  }

  @Test
  void a_line_has_its_time_its_level_and_a_printable_message() {
    assertThat(new StreamLayout().doLayout(event("a server said " + HOSTILE)))
        .matches("1970-01-01T0\\d:00:00\\.000\\S+ WARN  a server said \\\\u001B.*\n")
        .endsWith("\\u001B[2J\\u0007\\r\\n\\u009B1m\\u202E\\u2066\\u200B\n");
  }

  @Test
  void a_trace_is_printable_and_indented_so_that_it_forges_no_line() {
    var event = event("broken");
    event.setThrowableProxy(
        new ThrowableProxy(
            new IllegalStateException("first\n2026-01-01T00:00:00.000Z INFO  forged" + HOSTILE)));

    var lines = new StreamLayout().doLayout(event).lines().toList();

    assertThat(lines.subList(1, lines.size())).allMatch(line -> line.startsWith("  "));
    assertThat(lines).noneMatch(line -> line.contains("\u001b") || line.contains("\u202e"));
  }
}
