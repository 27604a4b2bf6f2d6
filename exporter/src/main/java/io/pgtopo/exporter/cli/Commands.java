package io.pgtopo.exporter.cli;

import io.pgtopo.exporter.platform.CliContext;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Creates the commands, each with the context. */
public final class Commands implements IFactory {
  private final CliContext context;

  public Commands(CliContext context) {
    this.context = context;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    return Callable.class.isAssignableFrom(type) && type != PgtopoCommand.class
        ? type.getDeclaredConstructor(CliContext.class).newInstance(context)
        : CommandLine.defaultFactory().create(type);
  }
}
