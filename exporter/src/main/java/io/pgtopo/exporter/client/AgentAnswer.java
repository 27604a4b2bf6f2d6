package io.pgtopo.exporter.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgtopo.agent.judge.Verdict;
import io.pgtopo.exporter.text.Style;
import io.pgtopo.exporter.text.TreeDrawing;
import io.pgtopo.exporter.view.DriftReport;
import io.pgtopo.exporter.view.DriftView;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What a running agent says, in the shapes of a look of one's own. */
public final class AgentAnswer {
  /** Kinds that were judged and found nowhere are not told, only that nothing is open. */
  private static final List<String> NOTHING_OPEN = List.of("as declared");

  /** Lists of what does not count; their names are the standing of what is in them. */
  private static final String IGNORED = "ignored";

  private static final String SUSPENDED = "suspended";

  private final AgentClient.Answer answer;

  public AgentAnswer(AgentClient.Answer answer) {
    this.answer = answer;
  }

  /** The names of all clusters that the agent watches. */
  public List<String> clusters() {
    return each(answer.topology().path("clusters"))
        .map(cluster -> cluster.path("name").asText())
        .toList();
  }

  /** When the agent looked. */
  public String endedAt() {
    return answer.topology().path("endedAt").asText().replaceFirst("\\.\\d+Z$", "Z");
  }

  public DriftReport report(Predicate<String> asked) {
    return new DriftReport(shown(asked).map(this::cluster).toList());
  }

  public List<TreeDrawing> drawings(Predicate<String> asked, Style style) {
    var everybody =
        each(answer.topology().path("clusters"))
            .flatMap(cluster -> each(cluster.path("instances")))
            .map(instance -> instance.path("name").asText())
            .toList();
    return shown(asked)
        .map(
            cluster ->
                new TreeDrawing(
                    cluster(cluster),
                    each(cluster.path("systemIdentifiers")).map(JsonNode::asText).toList(),
                    new AgentTree(cluster, everybody, style).rows()))
        .toList();
  }

  private Stream<JsonNode> shown(Predicate<String> asked) {
    return each(answer.topology().path("clusters"))
        .filter(cluster -> asked.test(cluster.path("name").asText()));
  }

  private DriftReport.OfCluster cluster(JsonNode cluster) {
    var name = cluster.path("name").asText();
    var open = told(name, List.of("drifts", "unverifiable"));
    return new DriftReport.OfCluster(
        name,
        cluster.path("declared").asInt(),
        cluster.path("reachable").asInt(),
        health(cluster),
        open.isEmpty() ? NOTHING_OPEN : List.of(),
        open,
        told(name, List.of(IGNORED, SUSPENDED)));
  }

  /** An older agent tells none; then nothing is said of it. */
  private static DriftReport.Health health(JsonNode cluster) {
    return new DriftReport.Health(
        text(cluster, "health").orElse(Verdict.Health.HEALTHY.label()),
        each(cluster.path("causes")).map(cause -> cause.path("code").asText()).distinct().toList());
  }

  private List<DriftView> told(String cluster, List<String> lists) {
    return lists.stream()
        .flatMap(
            list ->
                each(answer.drift().path(list))
                    .filter(drift -> drift.path("cls").asText().equals(cluster))
                    .map(drift -> drift(drift, list)))
        .toList();
  }

  private static DriftView drift(JsonNode drift, String list) {
    return new DriftView(
        drift.path("kind").asText(),
        text(drift, "about"),
        drift.path("severity").asText(),
        where(drift),
        new DriftView.Words(
            drift.path("declared").asText(),
            drift.path("live").asText(),
            sentences(drift.path("proof")),
            sentences(drift.path("consequences")),
            text(drift, "remark")),
        object(drift, "cause")
            .map(cause -> new DriftView.Key(cause.path("kind").asText(), where(cause))),
        object(drift, "accepted").map(accepted -> accepted(accepted, list)));
  }

  private static DriftView.Where where(JsonNode drift) {
    return new DriftView.Where(drift.path("cls").asText(), text(drift, "ins"), text(drift, "part"));
  }

  private static DriftView.Accepted accepted(JsonNode accepted, String standing) {
    return new DriftView.Accepted(
        standing,
        text(accepted, "maintenanceOf"),
        accepted.path("owner").asText(),
        accepted.path("reason").asText(),
        accepted.path("until").asText());
  }

  private static List<String> sentences(JsonNode list) {
    return each(list).map(JsonNode::asText).toList();
  }

  private static Optional<JsonNode> object(JsonNode parent, String field) {
    return Optional.of(parent.path(field)).filter(JsonNode::isObject);
  }

  static Stream<JsonNode> each(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  /** Empty for {@code null}, and for what an older agent does not tell. */
  static Optional<String> text(JsonNode object, String field) {
    return Optional.of(object.path(field))
        .filter(JsonNode::isValueNode)
        .filter(it -> !it.isNull())
        .map(JsonNode::asText);
  }
}
