package io.pgtopo.agent.live;

import io.pgtopo.agent.failover.Safety;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** What came of each failover that was predicted, a line each, and the table that says it. */
record PredictionLog(Path file) {
  private static final String TAB = "\t";

  /**
   * One failover.
   *
   * @param isGuaranteed that no acknowledged commit is lost, by the prediction
   * @param most bytes that it may lack by the prediction, with what was written since; negative if
   *     unknown
   * @param lost bytes of WAL up to the last acknowledged commit
   * @param followers by their names: what was said of them, and what they did
   * @param slots by their names, likewise
   */
  record Outcome(
      PredictedShape shape,
      int major,
      Safety answer,
      boolean isGuaranteed,
      long most,
      long lost,
      int acknowledged,
      int lostRows,
      long toReplay,
      double seconds,
      SortedMap<String, String> followers,
      SortedMap<String, String> slots) {

    /** What happened against what was said; empty if all of it was as said. */
    List<String> wrong() {
      var wrong = new ArrayList<String>();
      if (isGuaranteed && lostRows > 0) {
        wrong.add(lostRows + " acknowledged commits lost that were guaranteed");
      }
      if (most >= 0 && lost > most) {
        wrong.add("%d bytes lost, at most %d predicted".formatted(lost, most));
      }
      followers.forEach((name, it) -> contradiction(name, it).ifPresent(wrong::add));
      slots.forEach((name, it) -> contradiction("slot " + name, it).ifPresent(wrong::add));
      return wrong.stream().map(it -> "%s on %d: %s".formatted(shape, major, it)).toList();
    }

    /** Of one that may be ahead, either is as said. */
    private static Optional<String> contradiction(String name, String saidAndDone) {
      var parts = saidAndDone.split("/", 2);
      return parts[0].equals(parts[1]) || parts[0].equals("may be ahead")
          ? Optional.empty()
          : Optional.of("%s: said %s, it %s".formatted(name, parts[0], parts[1]));
    }

    private String line() {
      return String.join(
          TAB,
          shape.name(),
          String.valueOf(major),
          answer.name(),
          String.valueOf(isGuaranteed),
          String.valueOf(most),
          String.valueOf(lost),
          String.valueOf(acknowledged),
          String.valueOf(lostRows),
          String.valueOf(toReplay),
          String.format(Locale.ROOT, "%.3f", seconds),
          text(followers),
          text(slots));
    }

    private static Outcome parse(String line) {
      var fields = line.split(TAB, -1);
      return new Outcome(
          PredictedShape.valueOf(fields[0]),
          Integer.parseInt(fields[1]),
          Safety.valueOf(fields[2]),
          Boolean.parseBoolean(fields[3]),
          Long.parseLong(fields[4]),
          Long.parseLong(fields[5]),
          Integer.parseInt(fields[6]),
          Integer.parseInt(fields[7]),
          Long.parseLong(fields[8]),
          Double.parseDouble(fields[9]),
          map(fields[10]),
          map(fields[11]));
    }

    private static String text(SortedMap<String, String> map) {
      return map.entrySet().stream()
          .map(it -> it.getKey() + "=" + it.getValue())
          .collect(Collectors.joining(";"));
    }

    private static SortedMap<String, String> map(String text) {
      var map = new TreeMap<String, String>();
      if (!text.isEmpty()) {
        Arrays.stream(text.split(";"))
            .map(it -> it.split("=", 2))
            .forEach(it -> map.put(it[0], it[1]));
      }
      return map;
    }
  }

  void add(Outcome outcome) throws IOException {
    Files.writeString(
        file, outcome.line() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  List<Outcome> read() throws IOException {
    return Files.exists(file)
        ? Files.readAllLines(file).stream().map(Outcome::parse).toList()
        : List.of();
  }

  /** The rows of a table, in the order of the shapes, and of versions. */
  static List<String> rows(List<Outcome> all) {
    return all.stream()
        .collect(
            Collectors.groupingBy(
                Outcome::shape,
                TreeMap::new,
                Collectors.groupingBy(Outcome::major, TreeMap::new, Collectors.toList())))
        .entrySet()
        .stream()
        .flatMap(
            shape -> shape.getValue().values().stream().map(rounds -> row(shape.getKey(), rounds)))
        .toList();
  }

  private static String row(PredictedShape shape, List<Outcome> rounds) {
    var times = rounds.stream().map(Outcome::seconds).sorted().toList();
    return "| %s | %d | %d | %s | %s | %s | %s | %s | %s | %s | %s | %d of %d |"
        .formatted(
            shape.text,
            rounds.getFirst().major(),
            rounds.size(),
            rounds.stream()
                .map(it -> it.answer().label())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", ")),
            rounds.stream()
                .map(it -> it.isGuaranteed() ? "yes" : "no")
                .distinct()
                .sorted()
                .collect(Collectors.joining(", ")),
            range(rounds, Outcome::lostRows),
            range(rounds, Outcome::lost),
            range(rounds, Outcome::most),
            counts(rounds.stream().map(Outcome::followers).toList()),
            counts(rounds.stream().map(Outcome::slots).toList()),
            String.format(
                Locale.ROOT, "%.2f, %.2f s", times.get(times.size() / 2), times.getLast()),
            rounds.stream().filter(it -> it.wrong().isEmpty()).count(),
            rounds.size());
  }

  private static String range(List<Outcome> rounds, ToLongFunction<Outcome> quantity) {
    var sorted = rounds.stream().mapToLong(quantity).sorted().toArray();
    return sorted[0] == sorted[sorted.length - 1]
        ? String.valueOf(sorted[0])
        : sorted[0] + " to " + sorted[sorted.length - 1];
  }

  /** Each pair of what was said and what was done, with how often. */
  private static String counts(List<SortedMap<String, String>> all) {
    var counts =
        all.stream()
            .flatMap(it -> it.values().stream())
            .collect(
                Collectors.groupingBy(
                    it -> it.replace("/", ", "), TreeMap::new, Collectors.counting()));
    return counts.isEmpty()
        ? "-"
        : counts.entrySet().stream()
            .map(it -> "%s: %d".formatted(it.getKey(), it.getValue()))
            .collect(Collectors.joining("; "));
  }
}
