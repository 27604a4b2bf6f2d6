package io.pgtopo.exporter.platform;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.Logger;

/**
 * How the log is written before anybody asks for something else. Logback finds it by its service
 * file; one of its own XML files would cost a reader of XML and 400 classes in each process.
 */
public final class LoggingSetup extends ContextAwareBase implements Configurator {
  /**
   * What a server says may hold line feeds and escapes: nobody forges a line or paints a screen.
   */
  static final String UNPRINTABLE = "[\\p{Cntrl}\\u0085\\u2028\\u2029]+";

  /** Whose words show a stack trace whenever a connection breaks. */
  static final String POOL = "com.zaxxer.hikari";

  /** Called by Logback. */
  public LoggingSetup() {}

  @Override
  public ExecutionStatus configure(LoggerContext loggers) {
    var encoder = new PatternLayoutEncoder();
    encoder.setContext(loggers);
    encoder.setPattern(
        "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %replace(%msg){'" + UNPRINTABLE + "', ' '}%n");
    encoder.start();
    var stderr = new ConsoleAppender<ILoggingEvent>();
    stderr.setContext(loggers);
    stderr.setName("stderr");
    stderr.setTarget("System.err");
    stderr.setEncoder(encoder);
    stderr.start();
    // What the libraries say at INFO is of no use to who watches PostgreSQL.
    var root = loggers.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(stderr);
    // A broken connection is an observation, told once by pgtopo and not by the pool with a trace.
    loggers.getLogger(POOL).setLevel(Level.OFF);
    // Whoever sends malformed requests could fill the log with them.
    loggers.getLogger("org.eclipse.jetty").setLevel(Level.ERROR);
    // So could whoever hangs up before the end of an answer. HttpApi tells what is a bug.
    loggers.getLogger("io.javalin").setLevel(Level.OFF);
    loggers.getLogger("io.pgtopo").setLevel(Level.INFO);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
