package io.pgtopo.exporter.alerts;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is asked of Prometheus for an alert: by the recorded series, or without any. */
enum AlertExpression {
  /** Short, for a Prometheus that has the recording rules. */
  RECORDED {
    @Override
    String main(String kind) {
      return RECORD + "{kind=\"" + kind + "\"}";
    }

    @Override
    String cause(List<String> kinds) {
      return RECORD + matcher(kinds);
    }

    @Override
    String inlined(String expression, Map<String, String> records) {
      return expression;
    }
  },
  /** For whoever has no recording rules; 0 is a value too, so that health is not "no data". */
  WHOLE {
    @Override
    String main(String kind) {
      return reached(
          List.of(kind),
          "max by (cls, ins, ip, part, kind, severity) (pgtopo_drift{kind=\"%s\",state!=\"pending\"})"
              .formatted(kind));
    }

    @Override
    String cause(List<String> kinds) {
      return reached(
          kinds,
          "(pgtopo_drift%s == 1)".formatted(matcher(kinds).replace("}", ",state=\"firing\"}")));
    }

    @Override
    String inlined(String expression, Map<String, String> records) {
      var whole = expression.replace(RECORD + "{", "pgtopo_drift{state=\"firing\",");
      var names = new ArrayList<>(records.keySet());
      for (var name : names.reversed()) {
        whole = whole.replace(name, "(" + records.get(name) + ")");
      }
      return whole;
    }
  };

  /** Open drift as all agents together see it. */
  static final String RECORD = "cls_ins_part_kind:pgtopo_drift:max";

  /** What is 1 for an open drift of a kind. */
  abstract String main(String kind);

  /** What is there for open drifts that others follow from. */
  abstract String cause(List<String> kinds);

  /** An expression without the names that it may not use. */
  abstract String inlined(String expression, Map<String, String> records);

  /** All of it, on lines that a person can read. */
  String of(AlertSource.Alert alert, Map<String, String> records) {
    var lines = new StringBuilder();
    switch (alert.per()) {
      case SUBJECT -> lines.append(main(alert.kind().orElseThrow()));
      case CLUSTER ->
          lines.append(
              "sum by (cls, kind, severity) (%s)".formatted(main(alert.kind().orElseThrow())));
      case NONE -> lines.append(alert.expression());
    }
    var causes = alert.causes();
    if (!causes.cluster().isEmpty()) {
      lines.append("\nunless on (cls) ").append(cause(causes.cluster()));
    }
    if (!causes.instance().isEmpty()) {
      lines.append("\nunless on (cls, ins) ").append(cause(causes.instance()));
    }
    if (!causes.upstream().isEmpty()) {
      lines.append("\nunless on (cls, ins)\n").append(below(cause(causes.upstream())));
    }
    causes.further().forEach(more -> lines.append("\nunless ").append(more.strip()));
    return inlined(lines.toString(), records);
  }

  /** The replicas that are declared to follow those of a drift. */
  private static String below(String cause) {
    return """
          label_join(
            pgtopo_replication_link_declared
            and on (cls, upstream) label_join(%s, "upstream", "", "ins"),
            "ins", "", "downstream"
          )"""
        .formatted(cause)
        .indent(0)
        .stripTrailing();
  }

  /** Whom one agent reaches is there, and nobody's cause. */
  private static String reached(List<String> kinds, String expression) {
    return kinds.contains("instance_unreachable")
        ? "(%s unless on (cls, ins) (pgtopo_up == 1))".formatted(expression)
        : expression;
  }

  private static String matcher(List<String> kinds) {
    return kinds.size() == 1
        ? "{kind=\"" + kinds.getFirst() + "\"}"
        : "{kind=~\"" + String.join("|", kinds) + "\"}";
  }
}
