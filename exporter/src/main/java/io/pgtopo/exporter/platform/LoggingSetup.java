package io.pgtopo.exporter.platform;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.Logger;

/**
 * The default configuration of Logback, which finds it by its service file. An XML file would cost
 * an XML parser and 400 classes in each process.
 */
public final class LoggingSetup extends ContextAwareBase implements Configurator {
  /** Logs a stack trace whenever a connection breaks. */
  static final String POOL = "com.zaxxer.hikari";

  /** Called by Logback. */
  public LoggingSetup() {}

  @Override
  public ExecutionStatus configure(LoggerContext loggers) {
    var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
    encoder.setLayout(new StreamLayout());
    var stderr = new ConsoleAppender<ILoggingEvent>();
    stderr.setContext(loggers);
    stderr.setName("stderr");
    stderr.setTarget("System.err");
    stderr.setEncoder(encoder);
    stderr.start();
    // INFO of the libraries is of no use to an operator of PostgreSQL.
    var root = loggers.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(stderr);
    // A broken connection is an observation, which pgtopo logs once itself.
    loggers.getLogger(POOL).setLevel(Level.OFF);
    // Malformed requests could fill the log.
    loggers.getLogger("org.eclipse.jetty").setLevel(Level.ERROR);
    // So could clients that disconnect early. HttpApi logs bugs.
    loggers.getLogger("io.javalin").setLevel(Level.OFF);
    loggers.getLogger("io.pgtopo").setLevel(Level.INFO);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
