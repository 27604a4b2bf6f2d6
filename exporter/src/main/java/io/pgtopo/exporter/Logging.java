package io.pgtopo.exporter;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much of its own doings pgtopo tells on the standard error. */
enum Logging {
  /** Only bugs: the command itself prints what it found. */
  QUIET(Level.ERROR),
  /** Changes of what is watched. */
  CHANGES(Level.INFO),
  /** Every look that failed, with its stack trace. */
  DEBUG(Level.DEBUG);

  private final String level;

  Logging(Level level) {
    this.level = level.toString();
  }

  /** Makes it so from now on. */
  void apply() {
    level("io.pgtopo", Level.toLevel(level));
    level(LoggingSetup.POOL, this == DEBUG ? Level.WARN : Level.OFF);
  }

  /** How a line is written. */
  enum Form {
    TEXT,
    JSON
  }

  /** Where the lines go to. */
  enum Target {
    STREAM,
    /** systemd's journal, which takes the priority in front of a line and adds the time. */
    JOURNAL
  }

  /** Writes so from now on. */
  static void write(Form form, Target target) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
        && context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr")
            instanceof OutputStreamAppender<ILoggingEvent> appender) {
      switch (form) {
        case TEXT -> {
          if (target == Target.JOURNAL) {
            var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
            encoder.setLayout(new JournalLayout());
            appender.setEncoder(encoder);
          }
        }
        case JSON -> {
          var encoder = new JsonLines(target);
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
