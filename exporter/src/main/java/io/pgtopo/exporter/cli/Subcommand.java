package io.pgtopo.exporter.cli;

import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.MessageOutput;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command: its context, its output, and its exit status. */
abstract class Subcommand implements Callable<Integer> {
  /** Nothing could be found out, or the input is wrong; as diff(1) exits. */
  static final int FAILED = 2;

  @Spec private CommandSpec command = CommandSpec.create();

  final CliContext context() {
    return PgtopoCommand.context(command);
  }

  /** Prints data to standard output. */
  final void print(String text) {
    out().print(text);
    out().flush();
  }

  final PrintWriter out() {
    return command.commandLine().getOut();
  }

  /** Standard error, for messages. */
  final MessageOutput err() {
    return new MessageOutput(command.commandLine().getErr());
  }

  final ParameterException usageError(String sentence) {
    return new ParameterException(command.commandLine(), sentence);
  }
}
