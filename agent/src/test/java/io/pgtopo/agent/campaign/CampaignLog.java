package io.pgtopo.agent.campaign;

import io.pgtopo.agent.drift.DriftKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What came of each seed, a line each, in a file: a campaign that was interrupted goes on with the
 * seeds that are not in it. Whoever looked into a finding may add a line that begins with {@code
 * remark}.
 */
final class CampaignLog {
  private static final String TAB = "\t";

  private final Path file;

  CampaignLog(Path file) {
    this.file = file;
  }

  /** Of one kind, over all that was played. */
  static final class KindCount {
    int found;
    int missed;
    int unknown;
    int dropped;
    int right;
    int open;
    int wrong;
    final List<Long> delays = new ArrayList<>();
    final List<Long> lates = new ArrayList<>();

    void add(Tally.Count count) {
      found += count.found;
      missed += count.missed;
      unknown += count.unknown;
      dropped += count.gaps;
      right += count.right;
      open += count.open;
      wrong += count.wrong;
      delays.addAll(count.delays);
      lates.addAll(count.lates());
    }

    private String text() {
      return Stream.of(found, missed, unknown, dropped, right, open, wrong)
              .map(String::valueOf)
              .collect(Collectors.joining(TAB))
          + TAB
          + numbers(delays)
          + TAB
          + numbers(lates);
    }

    private void read(String[] fields) {
      found += Integer.parseInt(fields[2]);
      missed += Integer.parseInt(fields[3]);
      unknown += Integer.parseInt(fields[4]);
      dropped += Integer.parseInt(fields[5]);
      right += Integer.parseInt(fields[6]);
      open += Integer.parseInt(fields[7]);
      wrong += Integer.parseInt(fields[8]);
      read(fields, 9, delays);
      read(fields, 10, lates);
    }

    private static void read(String[] fields, int index, List<Long> into) {
      if (fields.length > index && !fields[index].isEmpty()) {
        Arrays.stream(fields[index].split(",")).map(Long::valueOf).forEach(into::add);
      }
    }

    private static String numbers(List<Long> all) {
      return all.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
  }

  /** All that is in a log. */
  record Total(
      SortedSet<Long> seeds,
      int incidents,
      long seconds,
      long cycles,
      SortedSet<Integer> majors,
      Map<DriftKind, KindCount> kinds,
      List<String> findings,
      List<String> remarks) {}

  void add(Campaign.Outcome outcome) {
    var text = new StringBuilder();
    var kinds = new EnumMap<DriftKind, KindCount>(DriftKind.class);
    outcome.tallies().stream()
        .flatMap(it -> it.counts().entrySet().stream())
        .forEach(
            it ->
                kinds
                    .computeIfAbsent(it.getKey().kind(), kind -> new KindCount())
                    .add(it.getValue()));
    kinds.forEach(
        (kind, count) ->
            text.append(String.join(TAB, "kind", kind.name(), count.text())).append('\n'));
    outcome
        .findings()
        .forEach(
            it ->
                text.append(String.join(TAB, "finding", "seed " + outcome.seed() + ": " + it))
                    .append('\n'));
    text.append(
        Stream.of(
                    "seed",
                    outcome.seed(),
                    outcome.incidents(),
                    outcome.length().toSeconds(),
                    outcome.cycles(),
                    outcome.majors().stream().map(String::valueOf).collect(Collectors.joining(",")))
                .map(String::valueOf)
                .collect(Collectors.joining(TAB))
            + "\n");
    try {
      Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException failed) {
      throw new java.io.UncheckedIOException(failed);
    }
  }

  /** What is in it; nothing where there is no such file. */
  Total read() {
    var seeds = new TreeSet<Long>();
    var majors = new TreeSet<Integer>();
    var kinds = new EnumMap<DriftKind, KindCount>(DriftKind.class);
    var findings = new ArrayList<String>();
    var remarks = new ArrayList<String>();
    var incidents = 0;
    var seconds = 0L;
    var cycles = 0L;
    for (var line : lines()) {
      var fields = line.split(TAB, -1);
      switch (fields[0]) {
        case "kind" ->
            kinds
                .computeIfAbsent(DriftKind.valueOf(fields[1]), kind -> new KindCount())
                .read(fields);
        case "finding" -> findings.add(fields[1]);
        case "remark" -> remarks.add(fields[1]);
        default -> {
          seeds.add(Long.valueOf(fields[1]));
          incidents += Integer.parseInt(fields[2]);
          seconds += Long.parseLong(fields[3]);
          cycles += Long.parseLong(fields[4]);
          Arrays.stream(fields[5].split(",")).map(Integer::valueOf).forEach(majors::add);
        }
      }
    }
    return new Total(seeds, incidents, seconds, cycles, majors, kinds, findings, remarks);
  }

  private List<String> lines() {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException failed) {
      throw new java.io.UncheckedIOException(failed);
    }
  }
}
