package io.pgtopo.config.pigsty;

import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.ValueKind;
import java.util.List;

/** Judges the members of one cluster. */
final class ClusterLint {
  /** Variables that are one for a cluster: Pigsty takes each member's own, wherever it runs. */
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

  private final Problems problems;

  ClusterLint(Problems problems) {
    this.problems = problems;
  }

  void judge(String name, Declaration spokesman, List<Declaration> members) {
    judgePrimaries(name, members);
    for (var member : members) {
      judgeRole(member, members);
      OF_THE_CLUSTER.forEach(variable -> warnIfDifferent(variable, spokesman, member));
    }
  }

  private void judgePrimaries(String name, List<Declaration> members) {
    var primaries = members.stream().filter(Declaration::isPrimary).toList();
    if (primaries.isEmpty()) {
      problems.warn(
          Code.NO_PRIMARY,
          members.getFirst().host().placeOf("pg_cluster"),
          "wanted one primary in the cluster %s. Found: none; which instance should lead cannot be"
                  .formatted(name)
              + " judged, and Pigsty refuses to run");
      return;
    }
    for (var extra : primaries.subList(1, primaries.size())) {
      problems.warn(
          Code.MULTI_PRIMARY,
          extra.host().placeOf("pg_role"),
          "wanted one primary in the cluster %s. Found: %s besides %s; which instance should lead"
                  .formatted(name, extra.name(), primaries.getFirst().name())
              + " cannot be judged, and Pigsty refuses to run");
    }
  }

  private void judgeRole(Declaration member, List<Declaration> members) {
    if (member.role() == InstanceRole.DELAYED) {
      problems.warn(
          Code.DELAYED_ROLE_NO_EFFECT,
          member.host().placeOf("pg_role"),
          "wanted a standby cluster with pg_delay for a delayed copy. Found: the role delayed, which"
              + " delays nothing; "
              + member.name()
              + " is expected to follow without delay");
    }
    var hasStandby = members.stream().anyMatch(other -> !other.isPrimary());
    if (member.isPrimary() && member.traffic().offlineQuery() && hasStandby) {
      problems.warn(
          Code.OFFLINE_ON_PRIMARY,
          member.host().placeOf("pg_offline_query"),
          "wanted offline queries on a standby. Found: them on the primary %s; the offline service"
                  .formatted(member.name())
              + " checks for a replica, so this server never passes");
    }
  }

  private void warnIfDifferent(String variable, Declaration spokesman, Declaration member) {
    var one = spokesman.host().find(variable);
    var other = member.host().find(variable);
    if (one.map(Located::place).equals(other.map(Located::place))) {
      return;
    }
    if (one.isPresent()
        && other.isPresent()
        && ValueKind.isSame(one.get().value(), other.get().value())) {
      return;
    }
    problems.warn(
        Code.MEMBERS_DISAGREE,
        member.host().placeOf(variable),
        "wanted one %s for the whole cluster %s. Found: %s has another one than %s, which is taken"
            .formatted(variable, member.cluster(), member.name(), spokesman.name()));
  }
}
