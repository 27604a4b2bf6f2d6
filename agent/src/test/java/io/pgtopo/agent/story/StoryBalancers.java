package io.pgtopo.agent.story;

import static io.pgtopo.agent.story.Story.map;
import static io.pgtopo.agent.story.Story.text;

import io.pgtopo.agent.observation.BalancerReport;
import io.pgtopo.agent.observation.BalancerReport.Proxy;
import io.pgtopo.agent.observation.BalancerReport.ProxyServer;
import io.pgtopo.agent.observation.BalancerReport.Reply;
import io.pgtopo.agent.observation.BalancerReport.ServerStatus;
import io.pgtopo.agent.observation.BalancerReport.ServerUse;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.agent.service.Balancers;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Labelled;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What load balancers report in a phase. Before it, none of their servers had got a connection. */
final class StoryBalancers {
  private static final int PORT = 9101;
  private static final int WEIGHT = 100;

  private StoryBalancers() {}

  static Balancers of(Story.Phase phase, Cast cast, Instant now) {
    var before = new ArrayList<BalancerReport>();
    var reports = new ArrayList<BalancerReport>();
    phase
        .balancers()
        .forEach(
            (name, given) -> {
              var address = new Endpoint(cast.endpoint(name).host(), PORT);
              var window = new Window(now, now);
              if (!(given instanceof Map)) {
                var kind = Failure.Kind.valueOf(text(given).toUpperCase(Locale.ROOT));
                var failure = Failure.of(kind, "given by the story");
                reports.add(new BalancerReport(address, window, new Reply.Silent(failure)));
                return;
              }
              before.add(new BalancerReport(address, window, running(map(given), 0)));
              reports.add(new BalancerReport(address, window, running(map(given), 1)));
            });
    return Balancers.NONE.next(before, now).next(reports, now);
  }

  private static Reply running(Map<String, Object> given, int times) {
    var proxies = new TreeMap<String, Proxy>();
    given.forEach((proxy, servers) -> proxies.put(proxy, proxy(map(servers), times)));
    return new Reply.Running(proxies, Optional.empty());
  }

  private static Proxy proxy(Map<String, Object> given, int times) {
    var isKnown = !given.containsKey("statistics");
    var servers = new ArrayList<ProxyServer>();
    var active = 0;
    var backups = 0;
    for (var entry : given.entrySet()) {
      if (entry.getKey().equals("statistics")) {
        continue;
      }
      var words = List.of(text(entry.getValue()).split(" ", -1));
      var isBackup = words.contains("backup");
      var server =
          new ProxyServer(
              entry.getKey(),
              Labelled.parse(words.getFirst(), ServerStatus.values(), ServerStatus.OTHER),
              WEIGHT,
              isKnown
                  ? Optional.of(isBackup ? ServerUse.BACKUP : ServerUse.ACTIVE)
                  : Optional.empty(),
              times * sessions(words));
      servers.add(server);
      active += server.isUsable() && !isBackup ? 1 : 0;
      backups += server.isUsable() && isBackup ? 1 : 0;
    }
    return new Proxy(servers, active, backups);
  }

  private static long sessions(List<String> words) {
    return words.stream().filter(it -> it.matches("\\d+")).mapToLong(Long::parseLong).sum();
  }
}
