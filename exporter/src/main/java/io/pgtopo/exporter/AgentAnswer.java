package io.pgtopo.exporter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What a running agent says, in the shapes of a look of one's own. */
final class AgentAnswer {
  /** Kinds that were judged and found nowhere are not told, only that nothing is open. */
  private static final List<String> NOTHING_OPEN = List.of("as declared");

  private final AgentClient.Answer answer;

  AgentAnswer(AgentClient.Answer answer) {
    this.answer = answer;
  }

  /** The names of all clusters that the agent watches. */
  List<String> clusters() {
    return each(answer.topology().path("clusters"))
        .map(cluster -> cluster.path("name").asText())
        .toList();
  }

  /** When the agent looked. */
  String endedAt() {
    return answer.topology().path("endedAt").asText().replaceFirst("\\.\\d+Z$", "Z");
  }

  Findings findings(Predicate<String> asked) {
    return new Findings(shown(asked).map(this::cluster).toList());
  }

  List<TreeDrawing> drawings(Predicate<String> asked, Style style) {
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

  private Findings.OfCluster cluster(JsonNode cluster) {
    var name = cluster.path("name").asText();
    var open = new ArrayList<Finding>();
    for (var list : List.of("drifts", "unverifiable")) {
      each(answer.drift().path(list))
          .filter(drift -> drift.path("cls").asText().equals(name))
          .map(AgentAnswer::finding)
          .forEach(open::add);
    }
    return new Findings.OfCluster(
        name,
        cluster.path("declared").asInt(),
        cluster.path("reachable").asInt(),
        open.isEmpty() ? NOTHING_OPEN : List.of(),
        open);
  }

  private static Finding finding(JsonNode drift) {
    return new Finding(
        drift.path("kind").asText(),
        text(drift, "about"),
        drift.path("severity").asText(),
        new Finding.Where(drift.path("cls").asText(), text(drift, "ins"), text(drift, "part")),
        drift.path("declared").asText(),
        drift.path("live").asText(),
        each(drift.path("proof")).map(JsonNode::asText).toList());
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
