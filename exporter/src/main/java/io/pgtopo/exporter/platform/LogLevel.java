package io.pgtopo.exporter.platform;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import io.pgtopo.config.settings.LogFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much pgtopo logs on standard error, and in which form. */
public enum LogLevel {
  /** Bugs only. */
  QUIET(Level.ERROR),
  /** Changes of the topology, and warnings. */
  CHANGES(Level.INFO),
  /** Every failed poll, with its stack trace. */
  DEBUG(Level.DEBUG);

  /** The native socket of systemd's journal. */
  private static final String JOURNAL = "/run/systemd/journal/socket";

  private final String level;

  LogLevel(Level level) {
    this.level = level.toString();
  }

  /** Sets the level. */
  public void apply() {
    level("io.pgtopo", Level.toLevel(level));
    level(LoggingSetup.POOL, this == DEBUG ? Level.WARN : Level.OFF);
  }

  /** The destination of the lines. */
  enum Destination {
    STREAM,
    /** systemd's journal, which adds the time. */
    JOURNAL
  }

  /**
   * The destination of standard error. A shell within a service inherits the variable of systemd,
   * but may have a terminal.
   */
  public static Destination destination(Map<String, String> environment) {
    var journal = environment.get("JOURNAL_STREAM");
    return journal != null && journal.equals(standardError())
        ? Destination.JOURNAL
        : Destination.STREAM;
  }

  /** Device and inode, in the form of {@code JOURNAL_STREAM}. */
  private static String standardError() {
    try {
      var file = Files.readAttributes(Path.of("/proc/self/fd/2"), "unix:dev,ino");
      return file.get("dev") + ":" + file.get("ino");
    } catch (IOException | UnsupportedOperationException unknown) {
      return "";
    }
  }

  /** Sets the format. */
  public static void write(LogFormat format, Destination destination) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
        && context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr")
            instanceof OutputStreamAppender<ILoggingEvent> appender) {
      switch (format) {
        case TEXT -> {
          if (destination == Destination.JOURNAL) {
            var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
            encoder.setLayout(new JournalLayout());
            appender.setEncoder(encoder);
            var journal = new JournalAppender(JOURNAL, appender);
            journal.setContext(context);
            journal.start();
            var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
            root.detachAppender(appender);
            root.addAppender(journal);
          }
        }
        case JSON -> {
          var encoder = new JsonLayout(destination);
          encoder.setContext(context);
          encoder.start();
          appender.setEncoder(encoder);
        }
      }
    }
  }

  private static void level(String logger, Level level) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger(logger).setLevel(level);
    }
  }
}
