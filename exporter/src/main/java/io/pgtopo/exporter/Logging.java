package io.pgtopo.exporter;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
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
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger("io.pgtopo").setLevel(Level.toLevel(level));
    }
  }
}
