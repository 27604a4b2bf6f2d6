package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.config.reading.Expected;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.Value;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads the identity of an instance from its host, with the rules of Pigsty's {@code pg_id}. */
final class DeclarationReader {
  static final Pattern CLUSTER_NAME = Pattern.compile("[A-Za-z0-9-]+");
  static final String CLUSTER_NAME_WANTED =
      "the name of a cluster: letters, digits and dashes, not root";

  private static final Pattern SEQ = Pattern.compile("0|[1-9][0-9]{0,8}");
  private static final String SEQ_WANTED = "a number of 0 or more, without leading zeros";
  private static final String ROLES =
      Arrays.stream(InstanceRole.values())
          .map(InstanceRole::label)
          .collect(Collectors.joining(", "));

  private final Problems problems;
  private final Expected expected;

  DeclarationReader(Problems problems) {
    this.problems = problems;
    this.expected = new Expected(problems);
  }

  /** Empty if the host declares no instance, or one without a usable identity. */
  Optional<Declaration> read(Host host) {
    if (!declaresInstance(host)) {
      return Optional.empty();
    }
    var cluster = required(host, "pg_cluster", CLUSTER_NAME_WANTED).flatMap(this::clusterName);
    var seq = required(host, "pg_seq", SEQ_WANTED).flatMap(this::seq);
    var role = required(host, "pg_role", "one of " + ROLES).flatMap(this::role);
    var port = port(host, "pg_port", Endpoint.DEFAULT_PORT);
    var traffic = traffic(host);
    if (cluster.isEmpty() || seq.isEmpty() || role.isEmpty() || host.name().isBlank()) {
      return Optional.empty();
    }
    return Optional.of(
        new Declaration(
            host, cluster.get(), seq.get(), role.get(), new Endpoint(host.name(), port), traffic));
  }

  /** A cluster's name that all hosts inherit makes no instance of each. */
  private static boolean declaresInstance(Host host) {
    if (host.find("pg_seq").isPresent() || host.find("pg_role").isPresent()) {
      return true;
    }
    return host.find("pg_cluster").filter(found -> !isForAll(found.place())).isPresent();
  }

  private static boolean isForAll(Place place) {
    return place.path().startsWith("all.vars.") || place.file().contains("group_vars/all");
  }

  private Optional<Located> required(Host host, String variable, String wanted) {
    var found = host.find(variable);
    if (found.isEmpty()) {
      problems.error(
          Code.MISSING_IDENTITY,
          host.placeOf(variable),
          "wanted " + wanted + ". Found: nothing for the host " + host.name());
    }
    return found;
  }

  private Optional<String> clusterName(Located found) {
    var name = expected.text(found, CLUSTER_NAME_WANTED);
    return name.filter(
        text -> {
          var isGood = CLUSTER_NAME.matcher(text).matches() && !text.equals("root");
          return isGood || refuse(Code.BAD_NAME, found, CLUSTER_NAME_WANTED);
        });
  }

  private Optional<Integer> seq(Located found) {
    return expected
        .text(found, SEQ_WANTED)
        .filter(text -> SEQ.matcher(text).matches() || refuse(Code.BAD_SEQ, found, SEQ_WANTED))
        .map(Integer::valueOf);
  }

  private Optional<InstanceRole> role(Located found) {
    var wanted = "one of " + ROLES;
    var label = expected.text(found, wanted);
    var role =
        label.flatMap(
            text ->
                Arrays.stream(InstanceRole.values())
                    .filter(candidate -> candidate.label().equals(text))
                    .findFirst());
    if (label.isPresent() && role.isEmpty()) {
      refuse(Code.BAD_ROLE, found, wanted);
    }
    return role;
  }

  /** Always false, so that it can end a filter. */
  private boolean refuse(Code code, Located found, String wanted) {
    problems.error(
        code, found.place(), "wanted " + wanted + ". Found: " + found.value().description());
    return false;
  }

  /** A port variable of a host. */
  int port(Host host, String variable, int otherwise) {
    return host.find(variable)
        .flatMap(found -> expected.integer(found, 1, 65_535, "a port, 1 to 65535"))
        .orElse(otherwise);
  }

  private Instance.Traffic traffic(Host host) {
    var weight =
        host.find("pg_weight")
            .flatMap(found -> expected.integer(found, 0, 255, "a weight, 0 to 255"))
            .orElse(Instance.Traffic.DEFAULT.weight());
    var offlineQuery = host.find("pg_offline_query").flatMap(expected::bool).orElse(false);
    return new Instance.Traffic(weight, offlineQuery);
  }

  /** Warns of what Pigsty reserves without implementing it. */
  void warnOfReserved(Host host) {
    host.find("pg_instances")
        .filter(found -> !(found.value() instanceof Value.Fields map && map.fields().isEmpty()))
        .ifPresent(
            found ->
                problems.warn(
                    Code.RESERVED_PARAMETER,
                    found.place(),
                    "wanted one instance for each node. Found: pg_instances, which Pigsty reserves"
                        + " and does not implement; these instances are not watched"));
  }
}
