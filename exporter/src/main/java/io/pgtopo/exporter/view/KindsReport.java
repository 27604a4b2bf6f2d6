package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The kinds of drift, with what to know and to do about each: docs/drift.md as data. */
public record KindsReport(List<KindReport> kinds) {

  /** One kind. */
  public record KindReport(
      @OneOf(DriftKind.class) String kind,
      @OneOf(Severity.class) @JsonPropertyDescription("unless the policy sets another one")
          String severity,
      @JsonPropertyDescription("what is wrong, in one sentence") String summary,
      @JsonPropertyDescription(
              "what to do in one line, with the places {subject}, {declared} and {live}")
          String hint,
      @JsonPropertyDescription("what must not be done") List<String> avoid,
      List<TopicReport> topics) {}

  /** One topic of a kind: its meaning, its evidence, what to do and so on. */
  public record TopicReport(String name, List<String> paragraphs) {}

  private static final Pattern BLANK = Pattern.compile("\\R\\s*\\R");
  private static final Pattern LABEL = Pattern.compile("^\\*\\*([^*]+)\\.\\*\\*\\s*((?s).*)");
  private static final Pattern ITEM = Pattern.compile("^- ", Pattern.MULTILINE);
  private static final Pattern FORBIDDEN = Pattern.compile("^(Do not|Never)\\b.*");
  private static final String TO_DO = "What to do";

  /** Every kind, in the order of the document. */
  public static KindsReport of(Runbook runbook) {
    return new KindsReport(
        Stream.of(DriftKind.values())
            .map(kind -> kind(kind, runbook.sections().getOrDefault(kind.label(), "")))
            .toList());
  }

  private static KindReport kind(DriftKind kind, String section) {
    var topics = new ArrayList<TopicReport>();
    var paragraphs = BLANK.split(section, -1);
    for (var index = 1; index < paragraphs.length; index++) {
      var label = LABEL.matcher(paragraphs[index]);
      if (label.find()) {
        topics.add(new TopicReport(label.group(1), items(label.group(2))));
      } else if (!topics.isEmpty()) {
        var last = topics.removeLast();
        topics.add(
            new TopicReport(
                last.name(),
                Stream.concat(last.paragraphs().stream(), items(paragraphs[index]).stream())
                    .toList()));
      }
    }
    return new KindReport(
        kind.label(),
        kind.severity().label(),
        Runbook.plain(paragraphs[0].replaceFirst("^\\*\\w+\\*: ", "")),
        topics.stream()
            .filter(topic -> topic.name().equals(Runbook.HINT_LABEL))
            .flatMap(topic -> topic.paragraphs().stream())
            .findFirst()
            .orElse(""),
        topics.stream()
            .filter(topic -> topic.name().equals(TO_DO))
            .flatMap(topic -> topic.paragraphs().stream())
            .filter(item -> FORBIDDEN.matcher(item).matches())
            .toList(),
        topics.stream().filter(topic -> !topic.name().equals(Runbook.HINT_LABEL)).toList());
  }

  private static List<String> items(String text) {
    return ITEM.splitAsStream(text).map(Runbook::plain).filter(it -> !it.isEmpty()).toList();
  }
}
