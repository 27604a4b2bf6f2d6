package io.pgtopo.agent.campaign;

import io.pgtopo.agent.campaign.Arena.Line;
import io.pgtopo.agent.campaign.Arena.Traits;
import io.pgtopo.lab.InstancePlan;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabCluster;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.LabNetwork;
import io.pgtopo.lab.LabOptions;
import io.pgtopo.lab.Postgres;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Makes the clusters of a seed: the same choices for the same seed. */
final class Fleets {
  private static final int[] MAJORS = {10, 13, 15, 17, 18};

  /** Legal, and seldom set in tests. */
  private static final List<String> PARAMETERS =
      List.of(
          "TimeZone=Asia/Kolkata",
          "DateStyle=German",
          "IntervalStyle=iso_8601",
          "bytea_output=escape",
          "extra_float_digits=-15",
          "hot_standby_feedback=on",
          "quote_all_identifiers=on",
          "standard_conforming_strings=off",
          "track_activities=off",
          "track_commit_timestamp=on",
          "wal_level=logical",
          "default_transaction_isolation=repeatable read",
          "search_path=nowhere",
          "array_nulls=off",
          "row_security=off",
          "max_standby_streaming_delay=-1",
          "idle_in_transaction_session_timeout=100",
          "client_min_messages=debug1",
          "log_statement=all",
          "transform_null_equals=on",
          "enable_seqscan=off",
          "xmlbinary=hex",
          "stats_fetch_consistency=snapshot",
          "idle_session_timeout=3000",
          "transaction_timeout=5000",
          "client_connection_check_interval=200",
          "default_transaction_deferrable=on",
          "synchronous_commit=remote_apply",
          "wal_retrieve_retry_interval=2s",
          "work_mem=64kB");

  /** Newer than 10, with the first version that has them. */
  private static final List<String> SINCE =
      List.of(
          "stats_fetch_consistency=15",
          "idle_session_timeout=14",
          "transaction_timeout=17",
          "client_connection_check_interval=14");

  private static final List<String> SHAPES =
      List.of(
          "1",
          "1-2",
          "1-2",
          "1-2,1-3",
          "1-2,1-3",
          "1-2,2-3",
          "1-2,1-3,2-4",
          "1-2,1-3d",
          "1-2,2-3,3-4",
          "1-2,1-3,2-4,2-5");

  private Fleets() {}

  /** The login of the agent of a seed. */
  static String login(long seed) {
    var random = new Random(seed * 31 + 7);
    random.nextInt();
    return switch (random.nextInt(8)) {
      case 0 -> "plain";
      case 1 -> "postgres";
      default -> "dbuser_monitor";
    };
  }

  static List<Traits> plans(long seed) {
    var random = new Random(seed * 1_000_003);
    random.nextInt();
    var count = 3 + random.nextInt(3);
    return IntStream.range(0, count).mapToObj(it -> traits(seed, it, random)).toList();
  }

  private static Traits traits(long seed, int number, Random random) {
    var major = MAJORS[random.nextInt(MAJORS.length)];
    var shape = SHAPES.get(random.nextInt(SHAPES.size()));
    var direct = (int) List.of(shape.split(",")).stream().filter(it -> it.startsWith("1-")).count();
    var wantsSync = random.nextInt(3) == 0 && direct > 0 && !shape.endsWith("d");
    var parameters = new ArrayList<String>();
    for (var i = random.nextInt(4); i > 0; i--) {
      parameters.add(PARAMETERS.get(random.nextInt(PARAMETERS.size())));
    }
    parameters.removeIf(it -> !exists(it, major));
    return new Traits(
        "c%d-%c".formatted(seed, 'a' + number),
        major,
        shape,
        login(seed),
        wantsSync ? 1 + random.nextInt(direct) : 0,
        random.nextBoolean(),
        random.nextBoolean() ? 10 : 20,
        random.nextInt(4) == 0 ? 5 : 1,
        random.nextInt(3) == 0,
        random.nextInt(4) == 0 && LabNetwork.NAMESPACES.isAvailable(),
        parameters);
  }

  private static boolean exists(String parameter, int major) {
    var name = parameter.substring(0, parameter.indexOf('='));
    return SINCE.stream()
        .filter(it -> it.startsWith(name + "="))
        .allMatch(it -> major >= Integer.parseInt(it.substring(it.indexOf('=') + 1)));
  }

  /** Opens a lab for one cluster, and starts it. */
  static Lab open(Traits traits) {
    var options = LabOptions.of(Postgres.version(traits.major()));
    return Lab.open(traits.hasNamespaces() ? options.network(LabNetwork.NAMESPACES) : options);
  }

  static Arena start(Lab lab, Traits traits, Random random) {
    var plan = lab.cluster(traits.name());
    plan.primary(1, one -> primary(one, traits));
    for (var edge : edges(traits)) {
      plan.replica(
          edge.to,
          it -> {
            configure(it, traits);
            if (edge.from != 1) {
              it.follows(edge.from);
            }
            if (edge.isDelayed) {
              it.delay(java.time.Duration.ofMinutes(10));
            }
            if (random.nextInt(5) < 2) {
              it.slot();
            }
          });
    }
    var cluster = plan.start();
    var servers = cluster.instances().stream().map(StagedServer::new).toList();
    var other = lab.cluster(traits.name() + "-other").primary(1).start().instance(1);
    other.stop();
    return new Arena(
        cluster, traits, servers, lines(cluster, traits), Optional.of(other.dataDirectory()));
  }

  private record Edge(int from, int to, boolean isDelayed) {}

  private static List<Edge> edges(Traits traits) {
    if (traits.shape().equals("1")) {
      return List.of();
    }
    return List.of(traits.shape().split(",")).stream()
        .map(it -> new Edge(it.charAt(0) - '0', it.charAt(2) - '0', it.endsWith("d")))
        .toList();
  }

  private static void primary(InstancePlan one, Traits traits) {
    configure(one, traits);
    if (traits.synchronous() > 0) {
      var names =
          edges(traits).stream()
              .filter(it -> it.from == 1)
              .map(it -> "\"" + traits.name() + "-" + it.to + "\"")
              .collect(Collectors.joining(", "));
      one.set(
          "synchronous_standby_names",
          "%s %d (%s)"
              .formatted(traits.silence() == 10 ? "ANY" : "FIRST", traits.synchronous(), names));
    }
    if (traits.archives()) {
      one.set("archive_mode", "on").set("archive_command", "true");
    }
  }

  private static void configure(InstancePlan plan, Traits traits) {
    plan.set("wal_receiver_timeout", traits.silence() + "s");
    plan.set("wal_sender_timeout", traits.silence() + "s");
    plan.set("wal_receiver_status_interval", traits.statusInterval() + "s");
    for (var parameter : traits.parameters()) {
      var end = parameter.indexOf('=');
      plan.set(parameter.substring(0, end), parameter.substring(end + 1));
    }
  }

  private static List<Line> lines(LabCluster cluster, Traits traits) {
    var lines = new ArrayList<Line>();
    for (var instance : cluster.instances()) {
      lines.add(line(instance, traits));
    }
    return lines;
  }

  private static Line line(LabInstance instance, Traits traits) {
    var edge = edges(traits).stream().filter(it -> it.to == instance.seq()).findFirst();
    return new Line(
        instance.name(),
        instance.seq(),
        instance.host(),
        instance.port(),
        edge.isEmpty(),
        edge.filter(it -> it.from != 1).map(it -> traits.name() + "-" + it.from),
        edge.filter(Edge::isDelayed).map(it -> "10min"));
  }

  /** An inventory of several clusters. */
  static String inventory(List<Arena> arenas) {
    return arenas.stream()
        .map(Arena::inventory)
        .collect(Collectors.joining("", "all:\n  children:\n", ""));
  }

  /** What a seed made, in one line. */
  static String describe(Traits traits) {
    return "%s: %d, %s%s%s%s%s%s"
            .formatted(
                traits.name(),
                traits.major(),
                traits.shape(),
                traits.synchronous() == 0
                    ? ""
                    : ", %d synchronous%s"
                        .formatted(traits.synchronous(), traits.writes() ? ", commits wait" : ""),
                traits.archives() ? ", archives" : "",
                traits.hasNamespaces() ? ", namespaces" : "",
                ", timeouts %d s".formatted(traits.silence()),
                traits.parameters().isEmpty() ? "" : ", " + String.join(", ", traits.parameters()))
        + Optional.of(traits.login()).map(it -> ", login " + it).orElse("");
  }
}
