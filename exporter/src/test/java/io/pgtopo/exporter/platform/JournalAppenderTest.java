package io.pgtopo.exporter.platform;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.KeyValuePair;

@Timeout(120)
class JournalAppenderTest {
  @TempDir private Path folder;

  private final ListAppender<ILoggingEvent> standardError = new ListAppender<>();

  private JournalAppender appender(String socket) {
    standardError.start();
    var appender = new JournalAppender(socket, standardError);
    appender.start();
    return appender;
  }

  private static LoggingEvent event(String message) {
    var event = new LoggingEvent();
    event.setLevel(Level.WARN);
    event.setMessage(message);
    return event;
  }

  /** As the protocol has it: its length in eight bytes, the lowest first. */
  private static String field(String name, String value) {
    return name + "\n" + (char) value.length() + "\0".repeat(7) + value + "\n";
  }

  @Test
  void key_value_pairs_are_fields_of_the_journal() throws IOException {
    try (var journal = ListeningSocket.at(folder.resolve("journal"))) {
      var event = event("drift fired: no_primary pg-test");
      event.addKeyValuePair(new KeyValuePair("cls", "pg-test"));

      appender(journal.path()).doAppend(event);

      assertThat(journal.next())
          .isEqualTo(
              field("MESSAGE", "drift fired: no_primary pg-test")
                  + field("PRIORITY", "4")
                  + field("SYSLOG_IDENTIFIER", "pgtopo")
                  + field("PGTOPO_CLS", "pg-test"));
      assertThat(standardError.list).isEmpty();
    }
  }

  @Test
  void no_text_forges_a_field() throws IOException {
    try (var journal = ListeningSocket.at(folder.resolve("journal"))) {
      var event = event("a server said\nPRIORITY=0");
      event.addKeyValuePair(new KeyValuePair("ins", "x\nPRIORITY=0\n"));

      appender(journal.path()).doAppend(event);

      assertThat(journal.next())
          .isEqualTo(
              field("MESSAGE", "a server said\\nPRIORITY=0")
                  + field("PRIORITY", "4")
                  + field("SYSLOG_IDENTIFIER", "pgtopo")
                  + field("PGTOPO_INS", "x\\nPRIORITY=0\\n"));
    }
  }

  @Test
  void refused_entries_go_to_standard_error() throws IOException {
    var lost = event("no listener");
    appender(folder.resolve("nowhere").toString()).doAppend(lost);
    assertThat(standardError.list).containsExactly(lost);

    try (var journal = ListeningSocket.at(folder.resolve("journal"))) {
      var tooLong = event("x".repeat(8 * 1024 * 1024));
      appender(journal.path()).doAppend(tooLong);
      assertThat(standardError.list).containsExactly(lost, tooLong);
    }
  }

  @Test
  void the_journal_is_used_only_if_standard_error_leads_to_it() {
    assertThat(LogLevel.destination(Map.of())).isEqualTo(LogLevel.Destination.STREAM);
    assertThat(LogLevel.destination(Map.of("JOURNAL_STREAM", "1:1")))
        .isEqualTo(LogLevel.Destination.STREAM);
  }
}
