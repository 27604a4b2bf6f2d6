package io.pgtopo.config.settings;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Labelled;
import io.pgtopo.config.model.Network;
import io.pgtopo.config.model.Secret;
import io.pgtopo.config.reading.Durations;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import io.pgtopo.config.reading.Value;
import io.pgtopo.config.reading.ValueReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads values of settings as their types. A value on no line is from the environment. */
final class SettingParser {
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final String METHOD = "(password|md5|scram-sha-256|none)";
  private static final Pattern AUTHENTICATION =
      Pattern.compile("%1$s(,%1$s)*|!%1$s(,!%1$s)*".formatted(METHOD));

  private final SourceFiles sources;
  private final Problems problems;
  private final Optional<Path> directory;
  private final ValueReader reader;

  /**
   * A parser of one file.
   *
   * @param directory that relative paths in the file start from
   */
  SettingParser(SourceFiles sources, Problems problems, Optional<Path> directory) {
    this.sources = sources;
    this.problems = problems;
    this.directory = directory;
    this.reader = new ValueReader(problems);
  }

  /** The value itself, which is read when the inventory is known. */
  Optional<Located> asGiven(Located found) {
    return Optional.of(found);
  }

  Optional<String> text(Located found) {
    return reader.text(found, "text").filter(text -> !text.isBlank());
  }

  Optional<Boolean> bool(Located found) {
    return reader.bool(found);
  }

  Optional<Integer> integer(Located found, int min, int max) {
    return reader.integer(found, min, max, "a number from " + min + " to " + max);
  }

  /** libpq's {@code require_auth}; the driver speaks these methods. */
  Optional<String> authentication(Located found) {
    return reader.parsed(
        found,
        "methods of password, md5, scram-sha-256 and none, separated by commas, all or none of them"
            + " with !",
        text ->
            Optional.of(text.replaceAll("\\s+", ""))
                .filter(list -> AUTHENTICATION.matcher(list).matches())
                .filter(
                    list ->
                        Stream.of(list.split(",")).distinct().count() == list.split(",").length));
  }

  <T extends Labelled> Optional<T> oneOf(Located found, T[] values) {
    return reader.oneOf(found, values);
  }

  Optional<Duration> duration(Located found) {
    return duration(found, Duration.ZERO);
  }

  Optional<Duration> duration(Located found, Duration shortest) {
    var wanted =
        "a duration such as 5s, 500ms or 2m, from %s to %s"
            .formatted(Durations.print(shortest), Durations.print(LONGEST));
    return reader.parsed(
        found,
        wanted,
        text ->
            Durations.parse(text)
                .filter(it -> it.compareTo(shortest) >= 0 && it.compareTo(LONGEST) <= 0));
  }

  Optional<Endpoint> endpoint(Located found) {
    return reader.parsed(found, "an address such as 127.0.0.1:8432", Endpoint::parse);
  }

  Optional<List<String>> names(Located found) {
    return Optional.of(parts(found, "a name", ","));
  }

  Optional<List<Network>> networks(Located found) {
    var wanted = "networks such as 10.1.0.0/16 or fd00::/8";
    var networks = new ArrayList<Network>();
    for (var text : parts(found, wanted, ",")) {
      Network.parse(text)
          .ifPresentOrElse(
              networks::add,
              () -> problems.error(Code.BAD_VALUE, found.place(), wanted, "\"" + text + "\""));
    }
    return Optional.of(networks.stream().distinct().toList());
  }

  Optional<List<String>> inventories(Located found) {
    var names = parts(found, "a file or a pattern of files", "[,:]");
    return Optional.of(
        names.stream()
            .flatMap(name -> resolved(found, name).stream())
            .map(Path::toString)
            .toList());
  }

  /** The items of a list; of text in the environment, its parts. */
  private List<String> parts(Located found, String wanted, String separator) {
    return reader.texts(found, wanted).stream()
        .flatMap(text -> isInFile(found) ? Stream.of(text) : Stream.of(text.split(separator)))
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .toList();
  }

  Optional<Path> path(Located found, String wanted) {
    return reader
        .text(found, wanted)
        .filter(name -> !name.isBlank())
        .flatMap(name -> resolved(found, name));
  }

  /** A file that the driver reads, if it exists by then. */
  Optional<Path> clientFile(Located found) {
    var wanted = "a plain file of at most 1 MiB";
    return path(found, wanted)
        .flatMap(
            file ->
                ClientFiles.fault(file).isEmpty()
                    ? Optional.of(file)
                    : problems.refuse(Code.UNREADABLE, found, wanted));
  }

  private Optional<Path> resolved(Located found, String name) {
    try {
      var path = Path.of(name);
      return Optional.of(
          directory.filter(start -> isInFile(found)).map(it -> it.resolve(path)).orElse(path));
    } catch (InvalidPathException e) {
      return problems.refuse(Code.BAD_VALUE, found, "the path of a file");
    }
  }

  private static boolean isInFile(Located found) {
    return found.place().line() > 0;
  }

  /** The text of the file that a value names. */
  Optional<String> content(Located found) {
    return path(found, "a file")
        .flatMap(sources::bytes)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  Optional<Secret> secretOfFile(Located found) {
    return content(found).map(text -> new Secret(text.stripTrailing()));
  }

  Optional<Secret> secret(Located found) {
    return switch (found.value()) {
      case Value.Items list -> problems.refuseKind(Code.STRUCTURE, found, "a password");
      case Value.Fields map -> problems.refuseKind(Code.STRUCTURE, found, "a password");
      case Value.Text text -> Optional.of(new Secret(text.value()));
      default -> reader.text(found, "a password").map(Secret::new);
    };
  }

  Optional<WebAccess> webAccess(Located found) {
    return path(found, "a file").map(file -> new WebReader(sources, problems).read(file));
  }
}
