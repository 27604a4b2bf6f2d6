package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.fetch.BasicLogin;
import io.pgtopo.agent.fetch.Fetcher;
import io.pgtopo.agent.haproxy.HaproxyReader;
import io.pgtopo.agent.observation.BalancerReport;
import io.pgtopo.agent.observation.BalancerReport.ProxyServer;
import io.pgtopo.agent.observation.Dial;
import io.pgtopo.agent.service.DialledService;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Secret;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The services of a cluster that Patroni runs, behind an HAProxy on each of its nodes. */
@DisplayName("ServicesIT (skipped where HAProxy, Patroni, etcd or PostgreSQL is not installed)")
class ServicesIT {
  private static final int PATRONI = 8008;
  private static final String MISROUTED = "service_misrouted pg-test service replica";
  private static final String MISMATCH = "backend_mismatch pg-test service replica";
  private static final String MISSED = "service_down pg-test service replica";
  private static final List<String> SERVICES = List.of("primary", "replica", "default", "offline");

  private final PatroniCluster cluster = PatroniCluster.start();
  private final String inventory = inventory();
  private final Fetcher fetcher = new Fetcher(Watch.DEADLINE, 1 << 20, Optional.empty());
  private final Watch watch = Watch.dialling(inventory, Optional.of(this::balancer));
  private final List<LoadBalancer> balancers =
      PatroniCluster.NODES.stream()
          .map(node -> LoadBalancer.start(cluster.address(node), PATRONI, declared()))
          .toList();

  /** The one that holds the VIP, which is no node's own address. */
  private final LoadBalancer front = LoadBalancer.start(vip(), PATRONI, declared());

  @BeforeAll
  static void needsPrograms() {
    assumeTrue(PatroniCluster.isInstalled(), "Patroni, etcd or PostgreSQL is not installed");
    assumeTrue(LoadBalancer.isInstalled(), "HAProxy is not installed");
  }

  @AfterEach
  void close() {
    watch.close();
    fetcher.close();
    balancers.forEach(LoadBalancer::close);
    front.close();
    cluster.close();
  }

  private BalancerReport balancer(String node) {
    var login = Optional.of(new BasicLogin("haproxy", new Secret("haproxy")));
    return new HaproxyReader(
            fetcher, login, it -> Optional.of("/haproxy/"), InstantSource.system()::instant)
        .read(new Endpoint(node, LoadBalancer.STATISTICS));
  }

  /** There is no pooler on these nodes. */
  private String inventory() {
    return cluster
        .inventory()
        .replace(
            "pg_cluster: pg-test",
            "pg_cluster: pg-test, pg_default_service_dest: postgres, pg_services: [{ name: front,"
                + " ip: %s, port: 5440, dest: postgres, check: /primary, selector: '[]' }]"
                    .formatted(vip()));
  }

  private String vip() {
    return cluster.address(100);
  }

  private Cluster declared() {
    return watch.inventory().clusters().stream()
        .filter(it -> it.name().equals("pg-test"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_service_is_judged_by_what_clients_reach_until_it_leads_where_it_should() {
    until("all services are reached", this::areAllReached);
    watch.untilDriftsAre();

    // Nothing listens at the VIP.
    front.stop();
    var atVip = watch.untilDriftsAre("service_down pg-test service front");
    assertThat(watch.sentence(atVip, "service_down pg-test service front"))
        .contains("live no server at %s:5440".formatted(vip()));
    front.render(declared());
    watch.untilDriftsAre();

    // Nobody edits the inventory after a switchover.
    var answer = cluster.switchover(1, 2);
    until("Patroni is done", snapshot -> answer.isDone());
    assertThat(answer.join().statusCode()).as(answer.join().body()).isEqualTo(200);
    var swapped =
        until(
            "clients of the service for replicas get the primary",
            snapshot ->
                Watch.drifts(snapshot).equals(List.of("role_swapped pg-test", MISROUTED))
                    && watch.sentence(snapshot, MISROUTED).contains(":5434 got pg-test-2"));
    assertThat(watch.sentence(swapped, MISROUTED))
        .contains("declared leads to replicas, live leads to pg-test-2 (the primary)")
        .contains("in production");
    print("after the switchover", swapped);
    until(
        "the load balancers report it too",
        snapshot ->
            Watch.drifts(snapshot).contains(MISROUTED)
                && watch.sentence(snapshot, MISROUTED).contains("sends connections to pg-test-2")
                && watch.sentence(snapshot, MISROUTED).contains("connections between"));

    // The inventory is put right, and the services are rendered from it.
    watch.reload(
        inventory
            .replace("pg_seq: 1, pg_role: primary", "pg_seq: 1, pg_role: replica")
            .replace("pg_seq: 2, pg_role: replica", "pg_seq: 2, pg_role: primary"));
    var outdated =
        until(
            "the load balancers use both otherwise than declared",
            snapshot -> Watch.drifts(snapshot).contains(MISMATCH));
    assertThat(watch.sentence(outdated, MISMATCH))
        .contains("uses pg-test-1 as a backup only", "uses pg-test-2 as a member, not as a backup")
        .contains("HAProxy on " + cluster.address(3));
    print("before the services are rendered", outdated);
    balancers.forEach(balancer -> balancer.render(declared()));
    until(
        "all services lead where they should",
        snapshot ->
            Watch.drifts(snapshot).isEmpty() && areAllReached(snapshot) && areAllChecked(snapshot));

    // On one node nothing listens.
    balancers.get(2).stop();
    var down =
        watch.untilDriftsAre(
            SERVICES.stream()
                .map(service -> "service_down pg-test service " + service)
                .toArray(String[]::new));
    assertThat(watch.sentence(down, "service_down pg-test service replica"))
        .contains("live no server at %s:5434".formatted(cluster.address(3)))
        .contains("refused");
    print("HAProxy stopped on node 3", down);
    balancers.get(2).render(declared());
    watch.untilDriftsAre();

    // A server behind the services is gone: the others serve.
    cluster.kill(3);
    until(
        "pg-test-3 is silent, and no service is wrong",
        snapshot ->
            Watch.drifts(snapshot).contains("instance_unreachable pg-test-3")
                && areAllReached(snapshot)
                && Watch.drifts(snapshot).stream().noneMatch(it -> it.startsWith("service_")));
    cluster.manage(3);
    until("pg-test-3 is back", snapshot -> cluster.isSettled(2));
    watch.untilDriftsAre();

    // One that is declared no more stays behind the services.
    watch.reload(
        inventory
            .lines()
            .filter(line -> !line.contains("pg_seq: 3"))
            .collect(Collectors.joining("\n"))
            .replace("pg_seq: 1, pg_role: primary", "pg_seq: 1, pg_role: replica")
            .replace("pg_seq: 2, pg_role: replica", "pg_seq: 2, pg_role: primary"));
    var stale =
        until(
            "a client gets the server that is no member",
            snapshot ->
                Watch.drifts(snapshot).containsAll(List.of(MISROUTED, MISMATCH))
                    && watch.sentence(snapshot, MISROUTED).contains("(no member)"));
    assertThat(watch.sentence(stale, MISMATCH)).contains("has pg-test-3, which is not declared");
    print("stale backend", stale);
    balancers.forEach(balancer -> balancer.render(declared()));
    until(
        "the services are put right",
        snapshot ->
            Watch.drifts(snapshot).stream()
                .noneMatch(it -> it.startsWith("service_") || it.startsWith("backend_")));
    assertThat(watch.alarms()).isEmpty();
  }

  @Test
  void a_standby_cluster_has_no_server_for_writes_by_design() {
    watch.untilDriftsAre();

    // The third node leaves, as the primary of another site. Nobody writes WAL when it becomes one.
    cluster.killManager(3);
    cluster.follow(3);
    cluster.execute(3, "SELECT pg_promote()");
    var outside = "        %s: { pg_seq: 3, pg_role: ".formatted(cluster.address(3));
    var source =
        inventory.lines().filter(line -> line.startsWith(outside)).collect(Collectors.joining());
    var upstream = ", pg_role: primary, pg_upstream: %s,".formatted(cluster.address(3));
    watch.reload(
        inventory.replace(source + "\n", "").replaceFirst(", pg_role: primary,", upstream)
            + "    pg-source:\n      hosts:\n"
            + source.replace("replica", "primary")
            + "\n      vars: { pg_cluster: pg-source, pg_default_service_dest: postgres }\n");
    balancers.get(2).stop();
    balancers.subList(0, 2).forEach(balancer -> balancer.render(declared()));
    front.render(declared());

    var followed =
        until(
            "the standby cluster is as declared",
            snapshot ->
                Watch.drifts(snapshot).stream().noneMatch(drift -> drift.contains(" pg-test"))
                    && watch.links(snapshot).size() == 2);
    print("standby cluster", followed);
    assertThat(reached(followed, "primary")).containsOnly("connection_lost");
    assertThat(reached(followed, "replica")).containsOnly("replica");

    // What is missing there is still said.
    balancers.get(1).stop();
    watch.until("HAProxy on node 2 is missed", snapshot -> Watch.drifts(snapshot).contains(MISSED));
  }

  /** What clients of a service found, in a word. */
  private List<String> reached(Snapshot snapshot, String service) {
    return declared().services().stream()
        .filter(it -> it.name().equals(service))
        .map(it -> DialledService.of(it, snapshot.others().dials()))
        .flatMap(it -> it.byAddress().values().stream())
        .flatMap(List::stream)
        .map(
            dial ->
                switch (dial.answer()) {
                  case Dial.Answer.Failed(var failure) -> failure.kind().label();
                  case Dial.Answer.Server server ->
                      server.recovery() == Dial.Recovery.IN_RECOVERY ? "replica" : "primary";
                })
        .toList();
  }

  private void print(String what, Snapshot snapshot) {
    System.out.println(what + ":");
    watch.words(snapshot).forEach(words -> System.out.println("  " + words));
  }

  private Snapshot until(String what, Predicate<Snapshot> condition) {
    return watch.until(what, PatroniCluster.TTL.multipliedBy(3), condition);
  }

  /** Each address that has a server by design led to one, in its last dial. */
  private boolean areAllReached(Snapshot snapshot) {
    return declared().services().stream()
        .map(service -> DialledService.of(service, snapshot.others().dials()))
        .allMatch(
            service ->
                service.byAddress().values().stream()
                    .allMatch(
                        dials ->
                            !dials.isEmpty()
                                && dials.getLast().answer() instanceof Dial.Answer.Server));
  }

  /** A load balancer that was just started uses all servers until it has checked them. */
  private boolean areAllChecked(Snapshot snapshot) {
    return PatroniCluster.NODES.stream()
        .map(node -> snapshot.others().balancers().running(cluster.address(node)))
        .allMatch(running -> running.filter(this::hasChecked).isPresent());
  }

  private boolean hasChecked(BalancerReport.Reply.Running running) {
    return declared().services().stream()
        .filter(service -> service.definition().check().equals("/primary"))
        .map(service -> running.proxies().get(service.fullName(PatroniCluster.NAME)))
        .filter(Objects::nonNull)
        .allMatch(proxy -> proxy.servers().stream().filter(ProxyServer::isUsable).count() == 1);
  }
}
