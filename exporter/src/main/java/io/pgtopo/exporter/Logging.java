package io.pgtopo.exporter;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import org.jspecify.annotations.Nullable;
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
  }

  /** Starts a server whose failure the caller reports; Javalin would log it a second time. */
  static void withoutJavalin(Runnable start) {
    level("io.javalin", Level.OFF);
    try {
      start.run();
    } finally {
      level("io.javalin", null);
    }
  }

  /** Sets a level; null inherits it. */
  private static void level(String logger, @Nullable Level level) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger(logger).setLevel(level);
    }
  }
}
