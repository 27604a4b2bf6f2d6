package io.pgtopo.exporter.testing;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.ManagerReport;
import io.pgtopo.agent.observation.ManagerReport.Flag;
import io.pgtopo.agent.observation.ManagerReport.ManagedServer;
import io.pgtopo.agent.observation.ManagerReport.Word;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.agent.service.Managers;
import io.pgtopo.config.model.Endpoint;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What the HA managers of a staged world believe. */
final class StagedManagers {
  private StagedManagers() {}

  /** Patroni is paused, believes that pg-test-1 leads, and does not answer on the third node. */
  static Managers next(Managers before, Window window) {
    var members = List.of(managed(1, "leader", "running"), managed(2, "replica", "streaming"));
    return before.next(
        List.of(
            manager(1, window, spoken(managed(1, "master", "running"), members)),
            manager(2, window, spoken(managed(2, "replica", "running"), members)),
            manager(
                3, window, new Word.Mute(Failure.of(Failure.Kind.REFUSED, "connection refused"))),
            table(2, window)),
        window.to());
  }

  /** That of repmgr on pg-test-2, where it leads, and pg-test-1 is what it was. */
  private static ManagerReport table(int seq, Window window) {
    return new ManagerReport(
        World.endpoint(seq),
        Optional.of(HaManager.REPMGR),
        window,
        new Word.Spoken(
            Optional.empty(),
            Optional.empty(),
            Set.of(),
            List.of(
                listed(1, "primary", "inactive", Optional.empty()),
                listed(2, "primary", "active", Optional.empty()),
                listed(3, "standby", "active", Optional.of("pg-test-2"))),
            Optional.empty(),
            Collections.emptySortedMap()));
  }

  private static ManagedServer listed(
      int seq, String role, String state, Optional<String> upstream) {
    return new ManagedServer(
        Optional.of("pg-test-" + seq),
        role,
        state,
        Optional.of(World.endpoint(seq)),
        Optional.empty(),
        upstream);
  }

  private static ManagerReport manager(int seq, Window window, Word word) {
    return new ManagerReport(
        new Endpoint(World.endpoint(seq).host(), 8008),
        Optional.of(HaManager.PATRONI),
        window,
        word);
  }

  private static Word spoken(ManagedServer own, List<ManagedServer> members) {
    return new Word.Spoken(
        Optional.empty(),
        Optional.of(own),
        Set.of(Flag.PAUSED),
        members,
        Optional.empty(),
        new TreeMap<>(Map.of("/primary", 200, "/replica", 503)));
  }

  private static ManagedServer managed(int seq, String role, String state) {
    return new ManagedServer(
        Optional.of("pg-test-" + seq),
        role,
        state,
        Optional.of(World.endpoint(seq)),
        Optional.of(1),
        Optional.empty());
  }
}
