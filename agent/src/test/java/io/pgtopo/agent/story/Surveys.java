package io.pgtopo.agent.story;

import static io.pgtopo.agent.story.Story.map;
import static io.pgtopo.agent.story.Story.text;

import io.pgtopo.agent.Ordinary;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.WalFile;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Turns what a phase says of an instance into its full reading. */
final class Surveys {
  private Surveys() {}

  static Reading<Survey> told(Map<String, Object> told) {
    if ("hidden".equals(told.get("survey"))) {
      return Reading.denied("it could not be read");
    }
    var settings = new TreeMap<>(Ordinary.SURVEY.settings());
    map(told.get("settings")).forEach((name, value) -> settings.put(name, text(value)));
    return Reading.seen(
        new Survey(
            Ordinary.SURVEY.readAt(),
            settings,
            Ordinary.SURVEY.databases(),
            Ordinary.SURVEY.roles(),
            oldestWal(told)));
  }

  private static Reading<Optional<WalFile>> oldestWal(Map<String, Object> told) {
    var name = told.getOrDefault("oldest_wal", "none").toString();
    return switch (name) {
      case "hidden" -> Reading.denied("hidden without pg_ls_waldir()");
      case "none" -> Reading.seen(Optional.empty());
      default -> Reading.seen(Optional.of(WalFile.parse(name, 16_777_216)));
    };
  }
}
