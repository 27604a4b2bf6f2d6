package io.pgtopo.exporter.cli;

import io.pgtopo.exporter.view.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code pgtopo version}. */
@Command(name = "version", description = "Print the version.")
final class VersionCommand extends Subcommand {

  /** What {@code --version} prints. */
  static final class Provider implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {text()};
    }
  }

  @Override
  public Integer call() {
    print(text() + "\n");
    return 0;
  }

  private static String text() {
    return "pgtopo " + Version.current() + " on Java " + Version.java();
  }
}
