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

  /** Older releases of Pigsty had no rule. */
  private static final Pattern OLD_NAME = Pattern.compile("(?!root$)[A-Za-z0-9_.-]+");

  private static final Pattern SEQ = Pattern.compile("[0-9]{1,9}");
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
    var alias = alias(host, cluster, seq);
    var port = reader.port(host, "pg_port").orElse(Endpoint.DEFAULT_PORT);
    var traffic = traffic(host);
    if (cluster.isEmpty() || seq.isEmpty() || role.isEmpty() || host.name().isBlank()) {
      return Optional.empty();
    }
    return Optional.of(
        new Declaration(
            host,
            cluster.get(),
            seq.get(),
            role.get(),
            new Endpoint(host.name(), port),
            traffic,
            alias));
  }

  /** Pigsty puts the text of {@code pg_seq} into the name: 08 makes another one than 8. */
  private Optional<String> alias(Host host, Optional<String> cluster, Optional<Integer> seq) {
    if (cluster.isEmpty() || seq.isEmpty()) {
      return Optional.empty();
    }
    return reader
        .textAt(host, "pg_instance")
        .or(() -> reader.textAt(host, "pg_seq").map(text -> cluster.get() + "-" + text))
        .filter(alias -> !alias.equals(cluster.get() + "-" + seq.get()));
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
    if (found.value() instanceof Value.Int number) {
      // Ansible's playbooks compare it with text.
      reader
          .problems()
          .error(
              Code.BAD_NAME,
              found.place(),
              CLUSTER_NAME_WANTED,
              number.value() + " without quotes, which is a number and no name");
      return Optional.empty();
    }
    var name =
        reader.parsed(
            found,
            Code.BAD_NAME,
            CLUSTER_NAME_WANTED,
            text -> Optional.of(text).filter(it -> OLD_NAME.matcher(it).matches()));
    name.filter(it -> !CLUSTER_NAME.matcher(it).matches())
        .ifPresent(
            it ->
                reader
                    .problems()
                    .fault(
                        Code.BAD_NAME,
                        found.place(),
                        CLUSTER_NAME_WANTED,
                        it + ", which Pigsty refuses today; the cluster is watched"));
    return name;
  }

  private Optional<Integer> seq(Located found) {
    var seq =
        reader.parsed(
            found,
            Code.BAD_SEQ,
            SEQ_WANTED,
            text ->
                SEQ.matcher(text).matches()
                    ? Optional.of(Integer.valueOf(text))
                    : Optional.empty());
    seq.map(number -> number.toString())
        .filter(number -> found.value() instanceof Value.Text text && !text.value().equals(number))
        .ifPresent(
            number ->
                reader
                    .problems()
                    .warn(
                        Code.BAD_SEQ,
                        found.place(),
                        SEQ_WANTED,
                        "leading zeros; the instance is watched as number "
                            + number
                            + ", and known by both names"));
    return seq;
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
