package io.pgtopo.exporter.cli;

import io.pgtopo.config.reading.Suggestion;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with the arguments, and what was probably meant. */
record UsageError(String sentence, Optional<String> meant) {
  private static final int MAX_EDITS = 3;

  static UsageError of(ParameterException mistake) {
    if (!(mistake instanceof UnmatchedArgumentException unmatched)
        || unmatched.getUnmatched().isEmpty()) {
      return new UsageError(String.valueOf(mistake.getMessage()), Optional.empty());
    }
    var line = mistake.getCommandLine();
    var word = unmatched.getUnmatched().getFirst();
    if (word.startsWith("-")) {
      return new UsageError("unknown option " + word, meant(word.split("=", 2)[0], options(line)));
    }
    var commands = line.getSubcommands().keySet();
    return commands.isEmpty()
        ? new UsageError("unexpected argument " + word, Optional.empty())
        : new UsageError("unknown command " + word, meant(word, commands));
  }

  private static Optional<String> meant(String word, Collection<String> words) {
    return Suggestion.of(word, words, Math.min(MAX_EDITS, Math.max(1, word.length() / 2)));
  }

  private static List<String> options(CommandLine line) {
    return line.getCommandSpec().options().stream()
        .flatMap(option -> List.of(option.names()).stream())
        .toList();
  }
}
