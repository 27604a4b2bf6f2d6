package io.pgtopo.exporter.cli;

import io.pgtopo.exporter.view.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code pgtopo version}. */
@Command(name = "version", description = "Print the version.")
final class VersionCommand implements Runnable {
  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public void run() {
    command.commandLine().getOut().println(text());
  }

  static String text() {
    return "pgtopo " + Version.current() + " on Java " + Version.java();
  }
}
