package io.pgtopo.exporter.discover;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.compare.ObjectScope;
import io.pgtopo.agent.observation.DatabaseContents;
import io.pgtopo.agent.observation.LiveDatabase;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Printable;
import io.pgtopo.exporter.daemon.OneShot;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The databases of the primaries whose schemas and extensions are read. */
final class Interiors {
  private Interiors() {}

  /**
   * By the endpoints of their servers. A session in a template would block CREATE DATABASE, so
   * templates are left out.
   */
  static SortedMap<Endpoint, SortedSet<String>> of(Topology live) {
    var databases = new TreeMap<Endpoint, SortedSet<String>>();
    primaries(live)
        .forEach(
            primary -> {
              var names =
                  surveys(primary)
                      .flatMap(survey -> survey.databases().ifSeen().stream())
                      .flatMap(List::stream)
                      .filter(Interiors::isReadable)
                      .map(LiveDatabase::name)
                      .collect(Collectors.toCollection(TreeSet::new));
              if (!names.isEmpty()) {
                databases.put(primary.endpoint(), names);
              }
            });
    return databases;
  }

  /** Why they are unknown. */
  static Optional<String> denied(Reading<DatabaseContents> contents) {
    return contents instanceof Reading.Denied<DatabaseContents>(var reason)
        ? Optional.of(reason)
        : Optional.empty();
  }

  private static boolean isReadable(LiveDatabase database) {
    return !ObjectScope.DATABASES_OF_POSTGRES.contains(database.name())
        && database.template() == LiveDatabase.Template.DATABASE
        && database.access() == LiveDatabase.Access.OPEN;
  }

  private static Stream<LiveInstance> primaries(Topology live) {
    return live.instances().values().stream().filter(it -> it.role() == LiveRole.PRIMARY);
  }

  private static Stream<Survey> surveys(LiveInstance server) {
    return server.facts().survey().ifSeen().stream();
  }

  /** Polls until all of them are read, or a cycle reads no more: each has time for some. */
  static Snapshot poll(OneShot polls) throws InterruptedException {
    var snapshot = polls.poll();
    var before = -1L;
    while (unread(snapshot.topology()) > 0 && read(snapshot.topology()) > before) {
      before = read(snapshot.topology());
      snapshot = polls.poll();
    }
    return snapshot;
  }

  private static long read(Topology live) {
    return primaries(live)
        .flatMap(Interiors::surveys)
        .flatMap(survey -> survey.contents().values().stream())
        .filter(Reading.Seen.class::isInstance)
        .count();
  }

  private static long unread(Topology live) {
    return remarks(live).size();
  }

  /** Which of them could not be read, and why, a sentence each. */
  static List<String> remarks(Topology live) {
    return primaries(live)
        .flatMap(
            primary ->
                surveys(primary)
                    .flatMap(survey -> survey.contents().entrySet().stream())
                    .flatMap(
                        entry ->
                            denied(entry.getValue()).stream()
                                .map(
                                    reason ->
                                        "schemas and extensions of database %s on %s were not read: %s"
                                            .formatted(
                                                Printable.of(entry.getKey()),
                                                primary.endpoint(),
                                                reason))))
        .toList();
  }
}
