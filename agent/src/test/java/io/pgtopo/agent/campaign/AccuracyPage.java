package io.pgtopo.agent.campaign;

import io.pgtopo.agent.drift.DriftKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** docs/accuracy.md: the simulated part, that of the real servers, and that of failovers. */
public final class AccuracyPage {
  private static final String REAL = "## On real servers\n";
  private static final String FAILOVERS = "## Failovers, predicted and done\n";
  private static final Pattern FAILOVER_ROW = Pattern.compile("^\\| .* \\| \\d+ \\| \\d+ \\|");

  /** Kinds about which no incident of a campaign decides anything. */
  private static final Set<DriftKind> NOT_STAGED =
      EnumSet.of(
          DriftKind.SHARED_ADDRESS,
          DriftKind.DUPLICATE_INSTANCE,
          DriftKind.REPLICATION_LAG,
          DriftKind.TIMELINE_BEHIND,
          DriftKind.ADDRESS_MISMATCH,
          DriftKind.VIP_MISPLACED,
          DriftKind.SERVICE_DOWN,
          DriftKind.SERVICE_MISROUTED,
          DriftKind.VERSION_MISMATCH,
          DriftKind.VERSION_MIX,
          DriftKind.SLOT_LOST,
          DriftKind.CLOCK_SKEW,
          DriftKind.DATABASE_MISSING,
          DriftKind.DATABASE_MISMATCH,
          DriftKind.DATABASE_UNDECLARED,
          DriftKind.DATABASE_ROLE_MISSING,
          DriftKind.DATABASE_ROLE_MISMATCH,
          DriftKind.DATABASE_ROLE_UNDECLARED,
          DriftKind.IGNORE_RULE_EXPIRED);

  private AccuracyPage() {}

  /** The page of a file with another simulated half. */
  public static String withSimulated(Path file, String simulated) throws IOException {
    var before = Files.exists(file) ? Files.readString(file) : "";
    var start = before.indexOf(REAL);
    return start < 0 ? simulated : simulated + "\n" + before.substring(start);
  }

  /** Writes the half of the real servers into a file. */
  static void writeReal(Path file, CampaignLog.Total total) throws IOException {
    var before = Files.readString(file);
    var start = before.indexOf(REAL);
    var simulated = start < 0 ? before + "\n" : before.substring(0, start);
    var failovers = before.indexOf(FAILOVERS);
    var rest = failovers < 0 ? "" : "\n" + before.substring(failovers);
    Files.writeString(file, simulated + REAL + real(total) + rest);
  }

  /**
   * Writes rows of the table of failovers into a file, in place of those of the same cluster and
   * version, and keeps the others.
   */
  public static void writeFailovers(Path file, List<String> rows) throws IOException {
    var before = Files.readString(file);
    var start = before.indexOf(FAILOVERS);
    var others = start < 0 ? before + "\n" : before.substring(0, start);
    var table = new LinkedHashMap<String, String>();
    Stream.concat(
            before.substring(others.length()).lines().filter(FAILOVER_ROW.asPredicate()),
            rows.stream())
        .forEach(row -> table.put(cells(row).limit(2).toList().toString(), row));
    var count =
        table.values().stream().mapToInt(row -> Integer.parseInt(cells(row).toList().get(2))).sum();
    Files.writeString(
        file,
        others
            + FAILOVERS
            + """

            *Written by `PredictionIT` with `-Dprediction.write=true`; do not edit. %d failovers and switchovers, %s.*

            Each time, a client commits rows without a pause, `pgtopo safe` is asked about the candidate, more rows are committed, the primary gets
            SIGKILL, and the candidate is promoted; the other standbys of the primary are pointed at it. In a switchover the primary is shut down
            cleanly instead, and follows then too; the answer is that about a switchover. Patroni does all of this itself: its Patroni gets SIGKILL
            with the primary, or it is asked for a switchover to the candidate. *Commits lost* are rows that the
            client was told to be committed and that the candidate has not. *Bytes lost* is WAL up to the last of these; *at most predicted* is the
            upper end of the interval, with what was written since. *Follow* and *slots* say what was said and what came, with how often: a slot
            survives if its subscriber, pointed at the candidate, has each row. *Writes after*: seconds from the promotion to the first
            accepted write, median and longest; of Patroni, from the SIGKILL or the request. *Held*: rounds in which all was as said; a standby that
            may be ahead may follow or not.

            | cluster | version | rounds | answer | commits guaranteed | commits lost | bytes lost | at most predicted | follow | slots | writes after | held |
            |---|---|---|---|---|---|---|---|---|---|---|---|
            """
                .formatted(count, machine())
            + table.values().stream().map(row -> row + "\n").collect(Collectors.joining()));
  }

  private static Stream<String> cells(String row) {
    return Arrays.stream(row.split("\\|", -1)).skip(1).map(String::strip);
  }

  private static String real(CampaignLog.Total total) {
    var page = new StringBuilder();
    page.append(
        """

        *Written by `CampaignIT` with `-Dcampaign.write=true`; do not edit. Seeds %s.
        %d incidents in %d minutes, PostgreSQL %s, %s.*

        A seed makes three to five clusters of one to five members: cascades, delayed and synchronous standbys, slots, archiving, namespaces,
        unusual parameters, an agent with `pg_monitor`, as superuser, or without privileges. Incidents strike each of them, one or two at a
        time, and are repaired: kill -9, SIGSTOP of a server or of one process, stops, restarts, crashes, promotions, failovers, switchovers,
        demotions, wrong upstreams, pauses, settings, slots, full connections, undeclared replicas, cuts, a server that is initialised again,
        addresses exchanged in the inventory. The agent polls every second, and a drift fires after 2 seconds and two polls.

        Any line is played again by its seed, with `-Dcampaign.seeds=S`: see [architecture.md](architecture.md#accuracy).

        What is true is measured four times a second, without SQL and without pgtopo's code: `pg_control`, `postmaster.pid`, and the processes
        in `/proc` with their states and TCP connections; what no process shows (a paused replay, a setting, a slot) is known to the stager.
        Where this does not decide whether something is true, as while it changes, it may be told and need not be; that is the column *open*.

        | kind | true | told | unknown | missing | dropped | cycles told | of these open | false | told after | gone after |
        |---|---|---|---|---|---|---|---|---|---|---|
        """
            .formatted(
                seeds(total),
                total.incidents(),
                total.seconds() / 60,
                total.majors().stream().map(String::valueOf).collect(Collectors.joining(", ")),
                machine()));
    total
        .kinds()
        .forEach(
            (kind, count) ->
                page.append(
                    "| `%s` | %d | %d | %d | %d | %d | %d | %d | %d | %s | %s |%n"
                        .formatted(
                            kind.label(),
                            count.found + count.missed + count.unknown,
                            count.found,
                            count.unknown,
                            count.missed,
                            count.dropped,
                            count.right + count.open + count.wrong,
                            count.open,
                            count.wrong,
                            seconds(count.delays),
                            seconds(count.lates))));
    page.append(
        """

        *True*: how often a kind became true of a subject and stayed so for long enough to be told. *Unknown*: shown as `unverifiable` instead.
        *Dropped*: not told any more while still true. *False*: cycles in which it was told and was not true, nor had been within 15 seconds.
        *Told after* and *gone after*: median and longest, in seconds, from the moment at which it became true, or false;
        a dash where the next poll showed its end.

        Not staged, so that only a false one would be seen:
        %s.

        ### Findings

        """
            .formatted(
                NOT_STAGED.stream()
                    .map(kind -> "`" + kind.label() + "`")
                    .collect(Collectors.joining(", "))
                    .replaceAll("(.{100,130}?), ", "$1,\n")));
    if (total.findings().isEmpty()) {
      page.append("None.\n");
    }
    total.findings().forEach(it -> page.append("- ").append(brief(it)).append('\n'));
    if (!total.remarks().isEmpty()) {
      page.append("\nOf these:\n\n");
    }
    total.remarks().forEach(it -> page.append("- ").append(it).append('\n'));
    return page.toString();
  }

  private static String seeds(CampaignLog.Total total) {
    var text = new StringBuilder();
    Long last = null;
    for (var seed : total.seeds()) {
      if (last == null || seed != last + 1) {
        text.append(last == null ? "" : " to " + last + ", ").append(seed);
      }
      last = seed;
    }
    return text + " to " + last;
  }

  private static String machine() {
    return "%d processors, %s %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"));
  }

  private static String seconds(List<Long> millis) {
    if (millis.isEmpty()) {
      return "-";
    }
    var sorted = millis.stream().sorted().toList();
    return String.format(
        Locale.ROOT,
        "%.1f, %.1f",
        sorted.get(sorted.size() / 2) / 1000.0,
        sorted.getLast() / 1000.0);
  }

  private static String brief(String finding) {
    return finding.length() > 155 ? finding.substring(0, 152) + "..." : finding;
  }
}
