package io.pgtopo.exporter.platform;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import org.junit.jupiter.api.Test;

class JournalLayoutTest {
  private static String line(Level level, String message) {
    return new JournalLayout().doLayout(event(level, message));
  }

  private static LoggingEvent event(Level level, String message) {
    var event = new LoggingEvent();
    event.setLevel(level);
    event.setMessage(message);
    return event;
  }

  @Test
  void each_level_has_its_priority() {
    assertThat(line(Level.ERROR, "broken")).isEqualTo("<3>broken\n");
    assertThat(line(Level.WARN, "firing: no_primary pg-test"))
        .isEqualTo("<4>firing: no_primary pg-test\n");
    assertThat(line(Level.INFO, "resolved")).isEqualTo("<6>resolved\n");
    assertThat(line(Level.DEBUG, "asked")).isEqualTo("<7>asked\n");
  }

  @Test
  void a_message_is_one_line_without_escapes() {
    assertThat(line(Level.WARN, "a server said\n<0>this\u001b[31m"))
        .isEqualTo("<4>a server said\\n<0>this\\u001B[31m\n");
  }

  @Test
  void every_line_of_a_trace_has_a_priority_and_no_text_can_forge_one() {
    var event = event(Level.ERROR, "broken");
    event.setThrowableProxy(new ThrowableProxy(new IllegalStateException("first\n<0>second")));

    assertThat(new JournalLayout().doLayout(event).lines())
        .allMatch(line -> line.startsWith("<3>"))
        .contains("<3>  <0>second");
  }
}
