package io.pgtopo.exporter.platform;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class JsonLayoutTest {
  private static LoggingEvent event(String message) {
    var event = new LoggingEvent();
    event.setLoggerContext(new LoggerContext());
    event.setLevel(Level.WARN);
    event.setMessage(message);
    event.setInstant(Instant.ofEpochMilli(1234));
    return event;
  }

  private static String line(LogLevel.Destination destination, LoggingEvent event) {
    var encoder = new JsonLayout(destination);
    encoder.start();
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }

  @Test
  void a_line_is_one_object_with_its_key_value_pairs() {
    var event = event("drift fired: no_primary pg-test");
    event.addKeyValuePair(new KeyValuePair("cls", "pg-test"));

    assertThat(line(LogLevel.Destination.STREAM, event).replace("\" :", "\":").replace(": ", ":"))
        .isEqualTo(
            "{\"timestamp\":1234,\"level\":\"WARN\","
                + "\"kvpList\":[{\"cls\":\"pg-test\"}],"
                + "\"formattedMessage\":\"drift fired:no_primary pg-test\",\"throwable\":null}\n");
  }

  @Test
  void no_text_forges_a_line_or_a_field_and_a_trace_is_a_field() throws IOException {
    var event = event("a server said\n{\"level\":\"INFO\"}\", \"x\": \"\u001b[31m\u009b\u202e");
    event.setThrowableProxy(new ThrowableProxy(new IllegalStateException("first\n<0>second")));

    var line = line(LogLevel.Destination.JOURNAL, event);

    assertThat(line).startsWith("<4>{").endsWith("}\n");
    assertThat(line.strip()).doesNotContain("\n", "\u001b", "\u009b", "\u202e");
    var read = new ObjectMapper().readTree(line.substring(3));
    assertThat(read.path("formattedMessage").asText()).isEqualTo(event.getMessage());
    assertThat(read.at("/throwable/message").asText()).isEqualTo("first\n<0>second");
  }
}
