package io.pgtopo.exporter.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pgtopo.exporter.text.Style;
import io.pgtopo.exporter.text.Wrap;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/**
 * What happened, in the form in which an agent tells it.
 *
 * @param all the answer of {@code /api/v1/changes}
 */
public record ToldChanges(ObjectNode all) {
  private static final String CHANGES = "changes";
  private static final String MARGIN = "    ";
  private static final int NARROWEST = 20;

  public static ToldChanges of(String json) throws JsonProcessingException {
    return new ObjectMapper().readTree(json) instanceof ObjectNode object
        ? new ToldChanges(object)
        : new ToldChanges(new ObjectMapper().createObjectNode());
  }

  /** The names of the clusters that something happened to. */
  List<String> clusters() {
    return AgentAnswer.each(all.path(CHANGES))
        .flatMap(change -> AgentAnswer.text(change, "cls").stream())
        .distinct()
        .sorted()
        .toList();
  }

  /** Those of some clusters, and of the agent itself, from a moment on. */
  public ToldChanges within(Predicate<String> cluster, Instant since) {
    var some = all.deepCopy();
    var kept = some.putArray(CHANGES);
    AgentAnswer.each(all.path(CHANGES))
        .filter(change -> AgentAnswer.text(change, "cls").map(cluster::test).orElse(true))
        .filter(change -> !Instant.parse(change.path("at").asText()).isBefore(since))
        .forEach(kept::add);
    return new ToldChanges(some);
  }

  public int count() {
    return all.path(CHANGES).size();
  }

  public String json() throws JsonProcessingException {
    return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n";
  }

  /** When, what and where in a line, and below it the proof. */
  public String text(Style style) {
    var text = new StringBuilder();
    AgentAnswer.each(all.path(CHANGES)).forEach(change -> text.append(line(change, style)));
    return text.toString();
  }

  private static String line(JsonNode change, Style style) {
    var at = change.path("at").asText().replaceFirst("\\.\\d+Z$", "Z");
    var kind = change.path("kind").asText();
    var where =
        AgentAnswer.text(change, "ins").or(() -> AgentAnswer.text(change, "cls")).orElse("pgtopo");
    var tone = kind.equals("drift_fired") ? Style.Tone.WRONG : Style.Tone.PLAIN;
    var head = at + "  " + style.paint(tone, kind.replace('_', ' ')) + "  " + where;
    var lines = new StringBuilder(head).append('\n');
    for (var line :
        Wrap.lines(
            change.path("text").asText(), Math.max(NARROWEST, style.width() - MARGIN.length()))) {
      lines.append(MARGIN).append(line).append('\n');
    }
    return lines.toString();
  }
}
