package io.pgtopo.exporter.text;

import io.pgtopo.exporter.text.Style.Tone;
import io.pgtopo.exporter.view.CommonFailure;
import io.pgtopo.exporter.view.Plural;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What keeps the agent from polling any server of some clusters, said once, with what to set. */
final class CommonFailureText {
  private static final String INDENT = "    ";
  private static final int MOST_MESSAGES = 3;

  private final Style style;
  private final List<String> lines = new ArrayList<>();

  private CommonFailureText(Style style) {
    this.style = style;
  }

  /** A block of lines for each failure, each followed by an empty line. */
  static String render(List<CommonFailure> failures, Style style) {
    return failures.stream()
        .map(failure -> new CommonFailureText(style).text(failure))
        .collect(Collectors.joining());
  }

  private String text(CommonFailure failure) {
    add(Tone.WRONG, "", headline(failure));
    add(Tone.PLAIN, INDENT, String.join(", ", failure.failures().keySet()));
    var messages = failure.messages();
    messages.stream().limit(MOST_MESSAGES).forEach(it -> add(Tone.PLAIN, INDENT, it));
    if (messages.size() > MOST_MESSAGES) {
      add(Tone.PLAIN, INDENT, "and " + Plural.of(messages.size() - MOST_MESSAGES, "other message"));
    }
    add(Tone.PLAIN, INDENT + "hint: ", hint(failure));
    return String.join("\n", lines) + "\n\n";
  }

  private void add(Tone tone, String first, String text) {
    Wrap.hanging(first, text, style.width()).forEach(line -> lines.add(style.paint(tone, line)));
  }

  private static String headline(CommonFailure failure) {
    var servers =
        failure.all()
            ? "all %d servers".formatted(failure.failures().size())
            : "all %d servers of %s"
                .formatted(failure.failures().size(), String.join(", ", failure.clusters()));
    return switch (failure.kind()) {
      case AUTHENTICATION -> "login refused by " + servers;
      case TLS -> "no TLS connection to " + servers;
      case DNS -> "no address for " + servers;
      default -> failure.kind().label() + ": " + servers;
    };
  }

  private static String hint(CommonFailure failure) {
    return switch (failure.kind()) {
      case AUTHENTICATION -> login(failure);
      case TLS ->
          "set connection.sslmode to what the servers offer, and connection.sslrootcert to"
              + " the certificate of the authority that signed theirs";
      case DNS ->
          "make the names resolve on this host ('getent hosts NAME' shows it), or declare addresses";
      default -> "see the messages";
    };
  }

  private static String login(CommonFailure failure) {
    var messages = failure.messages();
    var way =
        messages.stream().allMatch(it -> it.contains("pg_hba.conf"))
            ? "allow this host and user in pg_hba.conf of each server, then SELECT pg_reload_conf()"
            : failure.isAlways("3D000")
                ? "set the database to log in to: PGDATABASE, or connection.database"
                : "set its password: PGPASSWORD, ~/.pgpass, or connection.password_file; and the"
                    + " user, if it is another one: PGUSER, or connection.user";
    return "the servers run: start nothing; %s. 'pgtopo grants SERVER' tries it on one server, and prints the SQL that creates the user"
        .formatted(way);
  }
}
