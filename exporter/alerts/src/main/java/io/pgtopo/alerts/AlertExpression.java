package io.pgtopo.alerts;

import java.util.ArrayList;
import java.util.List;

/** The PromQL of an alert. */
enum AlertExpression {
  /** On the recorded series. */
  RECORDED,
  /** Without recording rules, for Grafana; 0 in health, so that health is not "no data". */
  INLINE;

  /** Open drift as seen by all agents together. */
  private static final String DRIFT = "cls_ins_part_kind:pgtopo_drift:max";

  String of(Alert alert, List<AlertTable.RecordingRule> records) {
    var lines = new ArrayList<String>();
    lines.add(
        !alert.isDrift()
            ? alert.expr().strip()
            : alert.per() == Alert.Per.CLUSTER
                ? "sum by (cls, kind, severity) (%s)".formatted(drift(alert.kind()))
                : drift(alert.kind()));
    if (!alert.causes("cluster").isEmpty()) {
      lines.add("unless on (cls) " + cause(alert.causes("cluster")));
    }
    if (!alert.causes("instance").isEmpty()) {
      lines.add("unless on (cls, ins) " + cause(alert.causes("instance")));
    }
    if (!alert.causes("judged").isEmpty()) {
      lines.add("unless on (cls, ins, part, kind) cls_ins_part_kind:pgtopo_drift_cause:max");
    }
    alert.unless().forEach(more -> lines.add("unless " + more.strip()));
    var expression = String.join("\n", lines);
    return this == RECORDED ? expression : inline(expression, records);
  }

  /** The series of the alert. */
  private String drift(String kind) {
    var kinds = List.of(kind);
    return switch (this) {
      case RECORDED -> DRIFT + selector(kinds, "");
      case INLINE ->
          withoutReached(
              kinds,
              "max by (cls, ins, ip, part, kind, severity) (pgtopo_drift%s)"
                  .formatted(selector(kinds, ",state!=\"pending\"")));
    };
  }

  /** The series of the drifts that silence it. */
  private String cause(List<String> kinds) {
    return switch (this) {
      case RECORDED -> DRIFT + selector(kinds, "");
      case INLINE ->
          withoutReached(
              kinds, "(pgtopo_drift%s == 1)".formatted(selector(kinds, ",state=\"firing\"")));
    };
  }

  /** An instance that one agent reaches is not unreachable. */
  private static String withoutReached(List<String> kinds, String expression) {
    return kinds.contains("instance_unreachable")
        ? "(%s unless on (cls, ins) (pgtopo_up == 1))".formatted(expression)
        : expression;
  }

  private static String selector(List<String> kinds, String more) {
    return "{kind%s\"%s\"%s}"
        .formatted(kinds.size() == 1 ? "=" : "=~", String.join("|", kinds), more);
  }

  private static String inline(String expression, List<AlertTable.RecordingRule> records) {
    var inlined = expression.replace(DRIFT + "{", "pgtopo_drift{state=\"firing\",");
    for (var rule : records.reversed()) {
      inlined = inlined.replace(rule.record(), "(" + rule.expr() + ")");
    }
    return inlined;
  }
}
