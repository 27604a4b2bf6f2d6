package io.pgtopo.exporter;

import io.pgtopo.exporter.cli.Commands;
import picocli.CommandLine.IFactory;

/** Makes the commands for the manual pages and the shell completion, which the build writes. */
public final class ManualFactory implements IFactory {
  private final IFactory commands = new Commands(Main.context());

  @Override
  public <K> K create(Class<K> type) throws Exception {
    return commands.create(type);
  }
}
