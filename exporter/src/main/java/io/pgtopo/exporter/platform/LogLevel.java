package io.pgtopo.exporter.platform;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much of its own doings pgtopo tells on the standard error. */
public enum LogLevel {
  /** Only bugs: the command itself prints what it found. */
  QUIET(Level.ERROR),
  /** Changes of what is watched. */
  CHANGES(Level.INFO),
  /** Every look that failed, with its stack trace. */
  DEBUG(Level.DEBUG);

  /** Where systemd's journal takes entries with fields. */
  private static final String JOURNAL = "/run/systemd/journal/socket";

  private final String level;

  LogLevel(Level level) {
    this.level = level.toString();
  }

  /** Makes it so from now on. */
  public void apply() {
    level("io.pgtopo", Level.toLevel(level));
    level(LoggingSetup.POOL, this == DEBUG ? Level.WARN : Level.OFF);
  }

  /** How a line is written. */
  public enum Form {
    TEXT,
    JSON
  }

  /** Where the lines go to. */
  enum Target {
    STREAM,
    /** systemd's journal, which takes the priority in front of a line and adds the time. */
    JOURNAL
  }

  /**
   * Where the standard error leads to. A shell within a service hands down the variable of systemd,
   * but may have a terminal for it.
   */
  public static Target target(Map<String, String> environment) {
    var journal = environment.get("JOURNAL_STREAM");
    return journal != null && journal.equals(standardError()) ? Target.JOURNAL : Target.STREAM;
  }

  /** Device and inode, as systemd writes them. */
  private static String standardError() {
    try {
      var file = Files.readAttributes(Path.of("/proc/self/fd/2"), "unix:dev,ino");
      return file.get("dev") + ":" + file.get("ino");
    } catch (IOException | UnsupportedOperationException unknown) {
      return "";
    }
  }

  /** Writes so from now on. */
  public static void write(Form form, Target target) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
        && context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr")
            instanceof OutputStreamAppender<ILoggingEvent> appender) {
      switch (form) {
        case TEXT -> {
          if (target == Target.JOURNAL) {
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
          var encoder = new JsonLayout(target);
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
