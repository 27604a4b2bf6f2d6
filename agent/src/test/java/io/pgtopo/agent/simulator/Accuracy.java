package io.pgtopo.agent.simulator;

import io.pgtopo.agent.drift.DriftKind;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What many runs found of what was there. */
final class Accuracy {
  private final Map<Anomaly, Recall> recalls = new EnumMap<>(Anomaly.class);
  private final Map<DriftKind, Precision> precisions = new EnumMap<>(DriftKind.class);

  /** Of one anomaly; polls until it was first seen are counted from 1. */
  private static final class Recall {
    private int struck;
    private int found;
    private int polls;
    private int inFullView;
    private int foundInFullView;
  }

  /** Of one kind of drift that fires. */
  private static final class Precision {
    private int right;
    private int wrong;
  }

  private int harmless;

  /** Something happened of which nothing is to be said. */
  void harmless() {
    harmless++;
  }

  void struck(Anomaly anomaly, Optional<Integer> polls, boolean isFullView) {
    var recall = recalls.computeIfAbsent(anomaly, unused -> new Recall());
    recall.struck++;
    recall.found += polls.isPresent() ? 1 : 0;
    recall.polls += polls.orElse(0);
    recall.inFullView += isFullView ? 1 : 0;
    recall.foundInFullView += isFullView && polls.isPresent() ? 1 : 0;
  }

  void fired(DriftKind kind, boolean isTrue) {
    var precision = precisions.computeIfAbsent(kind, unused -> new Precision());
    precision.right += isTrue ? 1 : 0;
    precision.wrong += isTrue ? 0 : 1;
  }

  /** The table as a page, the same for the same seeds. */
  String page(long seed, int count) {
    var page = new StringBuilder();
    page.append(
        """
        # Accuracy

        *Written by `SimulationTest` with `-Dsimulator.write=true`; do not edit. %d worlds from seed %d.*

        A world has clusters with cascades, standby clusters and clones with the same system identifier. Something happens to it
        while the agent polls, so that one cycle mixes two moments. In half of the worlds one server in ten is silent in each
        poll; in half of those one server is always silent. In one world of ten the login has no privileges. The worlds are
        simulated: they contain what was measured on real servers, and prove nothing about what was not measured.

        In one world of four the clocks of the servers are apart, by up to ten minutes; in one of four, members are declared by
        host names. One standby in four dials a name that leads to the primary and that the agent cannot resolve. Links have
        ages: of the last message that was received, and of the last reply. Processes that are stopped leave them as they were.
        Settings may turn these messages off; then only positions show that a process is stopped. An archiver that hangs counts
        neither success nor failure, and is reported after 90 s.

        In every second world a Patroni runs on each node. It says of its own server what is true, of the others what was true one
        poll before; one in ten is silent in each poll. In every second of these worlds it is paused, and says what was true at
        first.

        In every second of the other worlds each server has the table of a repmgr, which primaries write, in half of these worlds
        only at first, and standbys that stream copy.

        In every second of the worlds with Patroni each node has an HAProxy with the services `primary` and `replica`. It takes the
        servers whose Patroni says that they lead, or run, at random; in half of these worlds its statistics are not read. Each
        address is dialled in nine of ten polls. Beside the anomaly one of them may be stopped, may lack a service or a server, may
        have one that was removed, or may use a backup as a member. In full view what clients and statistics show is all found.

        In every second world with several primaries up to three subscriptions connect them, in half of these under one name. Beside
        the anomaly one may be disabled, stopped, silent, moved to another publisher, fail, start anew in each poll, or wait for a
        table. A promoted replica runs the subscriptions that it has. No logical link joins ends of two connections; in full view
        each one in use is found with both ends, and all that is wrong with subscriptions.

        ## Anomalies, and whether they were found

        A view is full if every running server answered each poll, with a login that has pg_monitor. Polls are counted from
        the first one after the anomaly.

        | anomaly | kind | worlds | recall | recall in full view | mean polls until found |
        |---|---|---|---|---|---|
        """
            .formatted(count, seed));
    recalls.forEach(
        (anomaly, recall) ->
            page.append(
                "| %s | `%s` | %d | %s | %s of %d | %s |%n"
                    .formatted(
                        anomaly.label(),
                        anomaly.kind.orElseThrow().label(),
                        recall.struck,
                        percent(recall.found, recall.struck),
                        percent(recall.foundInFullView, recall.inFullView),
                        recall.inFullView,
                        ratio(recall.polls, recall.found))));
    page.append(
        """

        In %d more worlds a standby connects again while its upstream keeps the walsender of its earlier connection. Nothing is
        to be reported of it, and in full view nothing is.
        """
            .formatted(harmless));
    page.append(
        """

        ## Drifts that fired, and whether they were true

        A drift fires after two polls in a row. `instance_unreachable`, `agent_isolated` and `upstream_mismatch` are not evaluated.
        What the last poll saw is evaluated. Where an address leads to the server of another member that no poll ever reached at
        its own address, the role of that server is true of the address.

        | kind | fired | precision |
        |---|---|---|
        """);
    precisions.forEach(
        (kind, precision) ->
            page.append(
                "| `%s` | %d | %s |%n"
                    .formatted(
                        kind.label(),
                        precision.right + precision.wrong,
                        percent(precision.right, precision.right + precision.wrong))));
    return page.toString();
  }

  private static String percent(int part, int whole) {
    return whole == 0 ? "-" : String.format(Locale.ROOT, "%.2f %%", 100.0 * part / whole);
  }

  private static String ratio(int sum, int count) {
    return count == 0 ? "-" : String.format(Locale.ROOT, "%.2f", (double) sum / count);
  }
}
