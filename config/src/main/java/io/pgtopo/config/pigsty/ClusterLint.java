package io.pgtopo.config.pigsty;

import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.Value;
import java.util.List;

/** Checks the members of one cluster. */
record ClusterLint(Problems problems) {
  /** Variables that have one value for a cluster: Pigsty uses each member's own on its node. */
  private static final List<String> OF_THE_CLUSTER =
      List.of(
          "pg_shard",
          "pg_group",
          "pg_mode",
          "pg_version",
          "pg_vip_enabled",
          "pg_vip_address",
          "pg_default_services",
          "pg_services",
          "pg_databases",
          "pg_users");

  void check(String name, Declaration reference, List<Declaration> members) {
    checkPrimaries(name, members);
    for (var member : members) {
      checkRole(member, members);
      OF_THE_CLUSTER.forEach(variable -> warnIfDifferent(variable, reference, member));
    }
  }

  private void checkPrimaries(String name, List<Declaration> members) {
    var wanted = "one primary in the cluster " + name;
    var consequence = "; Pigsty refuses to run, and pgtopo does not know the expected primary";
    var primaries = members.stream().filter(Declaration::isPrimary).toList();
    if (primaries.isEmpty()) {
      if (problems.isLost(name)) {
        // It may be the one that was refused.
        return;
      }
      problems.fault(
          Code.NO_PRIMARY,
          members.getFirst().host().placeOf("pg_cluster"),
          wanted,
          "none" + consequence);
      return;
    }
    for (var extra : primaries.subList(1, primaries.size())) {
      problems.fault(
          Code.MULTI_PRIMARY,
          extra.host().placeOf("pg_role"),
          wanted,
          "%s and %s".formatted(primaries.getFirst().name(), extra.name()) + consequence);
    }
  }

  private void checkRole(Declaration member, List<Declaration> members) {
    if (member.role() == InstanceRole.DELAYED) {
      problems.warn(
          Code.DELAYED_ROLE_NO_EFFECT,
          member.host().placeOf("pg_role"),
          "a standby cluster with pg_delay for a delayed copy",
          "the role delayed, which delays nothing; %s is expected to replay without delay"
              .formatted(member.name()));
    }
    var pooler = member.host().find("pgbouncer_port");
    if (pooler.isPresent()
        && pooler.get().value() instanceof Value.Int port
        && port.value() == member.endpoint().port()) {
      problems.fault(
          Code.RESERVED_PORT,
          pooler.get().place(),
          "a port of its own for PgBouncer",
          "%d, on which PostgreSQL listens; one of the two does not start".formatted(port.value()));
    }
    var hasStandby = members.stream().anyMatch(other -> !other.isPrimary());
    if (member.isPrimary() && member.traffic().offlineQuery() && hasStandby) {
      problems.warn(
          Code.OFFLINE_ON_PRIMARY,
          member.host().placeOf("pg_offline_query"),
          "pg_offline_query on a standby",
          "the primary %s; the offline service checks for a replica, so it never uses this server"
              .formatted(member.name()));
    }
  }

  private void warnIfDifferent(String variable, Declaration reference, Declaration member) {
    var one = reference.host().find(variable);
    var other = member.host().find(variable);
    var isSame =
        one.map(Located::place).equals(other.map(Located::place))
            || (one.isPresent()
                && other.isPresent()
                && one.get().value().isSameAs(other.get().value()));
    if (!isSame) {
      problems.warn(
          Code.MEMBERS_DISAGREE,
          member.host().placeOf(variable),
          "one %s for the whole cluster %s".formatted(variable, member.cluster()),
          "%s and %s have different ones; that of %s is used"
              .formatted(reference.name(), member.name(), reference.name()));
    }
  }
}
