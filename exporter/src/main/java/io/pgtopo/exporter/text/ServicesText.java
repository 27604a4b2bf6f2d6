package io.pgtopo.exporter.text;

import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.ManagerReport.Flag;
import io.pgtopo.agent.service.CheckResult;
import io.pgtopo.agent.service.ServiceRoute.Turn;
import io.pgtopo.config.model.Labelled;
import io.pgtopo.exporter.view.BalancerView;
import io.pgtopo.exporter.view.BalancerView.BackendView;
import io.pgtopo.exporter.view.InstanceReport;
import io.pgtopo.exporter.view.ManagerView;
import io.pgtopo.exporter.view.ServicesReport;
import io.pgtopo.exporter.view.ServicesReport.DialReport;
import io.pgtopo.exporter.view.ServicesReport.ServerReport;
import io.pgtopo.exporter.view.ServicesReport.ServiceReport;
import io.pgtopo.exporter.view.ServicesReport.UndeclaredReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The services of clusters, and which of their servers should get connections, as tables. */
public final class ServicesText {
  private static final String INDENT = "  ";
  private static final String NONE = "-";

  /** Where a declared service has its destination. */
  private static final String NOT_DECLARED = "not declared";

  /** The status of HTTP of a server that may get connections. */
  private static final int PASSED = 200;

  private ServicesText() {}

  public static String render(ServicesReport report, Style style) {
    var tables = services(report, style);
    var isTable =
        report.managers().stream()
            .collect(
                Collectors.partitioningBy(it -> !it.manager().equals(HaManager.PATRONI.label())));
    return Stream.of(
            tables,
            managers(isTable.getOrDefault(false, List.of()), style),
            believed(isTable.getOrDefault(true, List.of()), style))
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining("\n"));
  }

  /** What each manager believes, beside what PostgreSQL is. */
  private static String managers(List<ManagerView> managers, Style style) {
    if (managers.isEmpty()) {
      return "";
    }
    var table =
        new TextTable().row("patroni", "says", "since", "postgres", "since", "flags", "answers");
    managers.forEach(
        it ->
            table.row(
                it.instance(),
                it.own()
                    .map(own -> own.role() + " " + own.state() + timeline(own.timeline()))
                    .orElse(NONE),
                it.own().map(own -> own.since().toString()).orElse(NONE),
                it.postgres().orElse("unknown")
                    + timeline(
                        it.postgresTimeline().flatMap(one -> one.known(style.glyphs().atLeast()))),
                it.postgresSince().map(Instant::toString).orElse(NONE),
                joined(it.flags()),
                it.failure().map(InstanceReport.FailureReport::kind).orElse("yes")));
    return table.wrapped("", style.width());
  }

  private static String timeline(Optional<?> number) {
    return number.map(it -> " tl " + it).orElse("");
  }

  /** What each table has of each server, beside what PostgreSQL is. */
  private static String believed(List<ManagerView> tables, Style style) {
    if (tables.isEmpty()) {
      return "";
    }
    var text =
        new TextTable()
            .row(
                "manager",
                "table on",
                "server",
                "says",
                "upstream",
                "since",
                "postgres",
                "answers");
    for (var table : tables) {
      var answers =
          table
              .failure()
              .map(InstanceReport.FailureReport::kind)
              .orElse(isCopy(table) ? "copy" : "yes");
      table
          .members()
          .forEach(
              it ->
                  text.row(
                      table.manager(),
                      table.instance(),
                      it.instance().or(it::name).orElse(NONE),
                      it.role() + " " + it.state(),
                      it.upstream().orElse(NONE),
                      it.since().toString(),
                      it.postgres().orElse("unknown"),
                      answers));
      if (table.members().isEmpty()) {
        text.row(table.manager(), table.instance(), NONE, NONE, NONE, NONE, NONE, answers);
      }
    }
    return text.wrapped("", style.width());
  }

  private static boolean isCopy(ManagerView table) {
    return table.flags().contains(Flag.COPY.label());
  }

  private static String services(ServicesReport report, Style style) {
    var clusters = new LinkedHashMap<String, TextTable>();
    for (var service : report.services()) {
      clusters.computeIfAbsent(service.cluster(), cluster -> header()).row(row(service));
    }
    for (var service : report.undeclared()) {
      clusters.computeIfAbsent(service.cluster(), cluster -> header()).row(row(service));
    }
    return clusters.entrySet().stream()
        .map(
            cluster ->
                style.paint(Style.Tone.HEADING, cluster.getKey())
                    + "\n"
                    + cluster.getValue().wrapped(INDENT, style.width()))
        .collect(Collectors.joining("\n"));
  }

  private static TextTable header() {
    return new TextTable()
        .row(
            "service",
            "port",
            "destination",
            "check",
            "serves",
            "idle",
            "out",
            "unknown",
            "balanced",
            "reached",
            "drift");
  }

  private static String[] row(ServiceReport service) {
    return new String[] {
      service.name(),
      String.valueOf(service.port()),
      service.destination(),
      service.check(),
      names(service, Turn.SERVES),
      names(service, Turn.IDLE),
      names(service, Turn.OUT),
      names(service, Turn.UNKNOWN),
      joined(service.balancers().stream().flatMap(ServicesText::balanced).distinct().toList()),
      joined(service.dials().stream().map(ServicesText::reached).distinct().toList()),
      joined(service.drift())
    };
  }

  /** Of its servers only what load balancers report: nothing says which ones should serve. */
  private static String[] row(UndeclaredReport service) {
    var serving = names(service, Optional.of(true));
    var idle = names(service, Optional.of(false));
    idle.removeAll(serving);
    return new String[] {
      service.name(),
      NONE,
      NOT_DECLARED,
      NONE,
      NONE,
      joined(idle),
      NONE,
      joined(names(service, Optional.empty())),
      joined(serving),
      NONE,
      joined(service.drift())
    };
  }

  /** The servers that some load balancer uses, does not use, or does not say it of. */
  private static List<String> names(UndeclaredReport service, Optional<Boolean> serves) {
    return service.balancers().stream()
        .flatMap(it -> it.servers().stream())
        .filter(it -> it.serves().equals(serves))
        .map(BackendView::name)
        .distinct()
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /** A backup is marked: it gets connections only while no member does. */
  private static String names(ServiceReport service, Turn turn) {
    return joined(
        service
            .servers()
            .filter(
                server -> Labelled.parse(server.expected(), Turn.values(), Turn.UNKNOWN) == turn)
            .map(server -> name(service, server))
            .toList());
  }

  private static String name(ServiceReport service, ServerReport server) {
    return server.instance()
        + (service.backups().contains(server) ? "(backup)" : "")
        + answered(server).map("(check answers %d)"::formatted).orElse("");
  }

  /** What its Patroni answers, unless that is what was expected. */
  private static Optional<Integer> answered(ServerReport server) {
    var expected = Labelled.parse(server.healthCheck(), CheckResult.values(), CheckResult.UNKNOWN);
    return server
        .answered()
        .filter(
            status ->
                switch (expected) {
                  case PASSES -> status != PASSED;
                  case FAILS -> status == PASSED;
                  case UNKNOWN -> true;
                });
  }

  /** The servers to which a load balancer sends connections, or why that is unknown. */
  private static Stream<String> balanced(BalancerView balancer) {
    var why = balancer.failure().map(InstanceReport.FailureReport::kind);
    if (why.isPresent() || !balancer.loaded().orElse(true)) {
      return Stream.of(why.orElse("not_loaded") + "@" + balancer.node());
    }
    if (balancer.servers().stream().anyMatch(server -> server.serves().isEmpty())) {
      return Stream.of("unknown@" + balancer.node());
    }
    return balancer.servers().stream()
        .filter(server -> server.serves().orElse(false))
        .map(BalancerView.BackendView::name);
  }

  /** The server that a client got, or why it got none. */
  private static String reached(DialReport dial) {
    return dial.failure()
        .map(failure -> failure.kind() + "@" + dial.address())
        .or(dial::instance)
        .orElse("other@" + dial.address());
  }

  private static String joined(List<String> names) {
    return names.isEmpty() ? NONE : String.join(" ", names);
  }
}
