package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Value;
import io.pgtopo.config.reading.ValueReader;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the identity of an instance from its host, with the rules of Pigsty's {@code pg_id}. */
record DeclarationReader(ValueReader reader) {
  static final String CLUSTER_NAME_WANTED =
      "the name of a cluster: letters, digits and dashes, not root";

  private static final Pattern CLUSTER_NAME = Pattern.compile("(?!root$)[A-Za-z0-9-]+");
  private static final Pattern SEQ = Pattern.compile("0|[1-9][0-9]{0,8}");
  private static final String SEQ_WANTED = "a number of 0 or more, without leading zeros";
  private static final List<InstanceRole> ROLES = List.of(InstanceRole.values());

  /** Empty if the host declares no instance, or one without a usable identity. */
  Optional<Declaration> read(Host host) {
    if (!declaresInstance(host)) {
      return Optional.empty();
    }
    var cluster =
        required(host, "pg_cluster", CLUSTER_NAME_WANTED)
            .flatMap(found -> clusterName(reader, found));
    var seq = required(host, "pg_seq", SEQ_WANTED).flatMap(this::seq);
    var role =
        required(
                host,
                "pg_role",
                ValueReader.wanted(ROLES.stream().map(InstanceRole::label).toList()))
            .flatMap(it -> reader.oneOf(it, Code.BAD_ROLE, ROLES, InstanceRole::label));
    var port = reader.port(host, "pg_port").orElse(Endpoint.DEFAULT_PORT);
    var traffic = traffic(host);
    if (cluster.isEmpty() || seq.isEmpty() || role.isEmpty() || host.name().isBlank()) {
      return Optional.empty();
    }
    return Optional.of(
        new Declaration(
            host, cluster.get(), seq.get(), role.get(), new Endpoint(host.name(), port), traffic));
  }

  /** A cluster's name that all hosts inherit does not make an instance of each. */
  private static boolean declaresInstance(Host host) {
    return host.find("pg_seq").isPresent()
        || host.find("pg_role").isPresent()
        || host.find("pg_cluster").filter(it -> !Host.isForAllHosts(it.place())).isPresent();
  }

  private Optional<Located> required(Host host, String variable, String wanted) {
    var found = host.find(variable);
    if (found.isEmpty()) {
      reader
          .problems()
          .error(
              Code.MISSING_IDENTITY,
              host.placeOf(variable),
              wanted,
              "nothing for the host " + host.name());
    }
    return found;
  }

  static Optional<String> clusterName(ValueReader reader, Located found) {
    return reader.parsed(
        found,
        Code.BAD_NAME,
        CLUSTER_NAME_WANTED,
        text -> Optional.of(text).filter(it -> CLUSTER_NAME.matcher(it).matches()));
  }

  private Optional<Integer> seq(Located found) {
    return reader.parsed(
        found,
        Code.BAD_SEQ,
        SEQ_WANTED,
        text ->
            SEQ.matcher(text).matches() ? Optional.of(Integer.valueOf(text)) : Optional.empty());
  }

  private Instance.Traffic traffic(Host host) {
    var defaults = Instance.Traffic.DEFAULT;
    return new Instance.Traffic(
        reader.integer(host, "pg_weight", 0, 255, "a weight, 0 to 255").orElse(defaults.weight()),
        reader.bool(host, "pg_offline_query", defaults.offlineQuery()));
  }

  /** Warns of a variable that Pigsty reserves and does not implement. */
  void warnOfReserved(Host host) {
    host.find("pg_instances")
        .filter(found -> !(found.value() instanceof Value.Fields map && map.fields().isEmpty()))
        .ifPresent(
            found ->
                reader
                    .problems()
                    .warn(
                        Code.RESERVED_PARAMETER,
                        found.place(),
                        "one instance for each node",
                        "pg_instances, which Pigsty reserves and does not implement; these"
                            + " instances are not polled"));
  }
}
