package io.pgtopo.agent.story;

import static io.pgtopo.agent.story.Story.list;
import static io.pgtopo.agent.story.Story.map;
import static io.pgtopo.agent.story.Story.only;
import static io.pgtopo.agent.story.Story.text;

import io.pgtopo.config.model.IgnoreRule;
import io.pgtopo.config.model.Maintenance;
import io.pgtopo.config.model.Policy;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns what a story says of how drift is to be taken into a policy. */
final class Policies {
  private Policies() {}

  /** Of the keys {@code policy}, {@code ignore} and {@code maintenance} of a story. */
  static Policy told(Map<String, Object> story) {
    var policy = map(story.get("policy"));
    only(policy, "roles", "severity", "max_lag", "clusters");
    var clusters = new TreeMap<String, Policy.Rating>();
    map(policy.get("clusters")).forEach((name, told) -> clusters.put(name, rating(map(told))));
    return new Policy(
        rating(policy),
        clusters,
        list(story.get("ignore")).stream().map(Policies::rule).toList(),
        list(story.get("maintenance")).stream().map(Policies::maintenance).toList());
  }

  private static Policy.Rating rating(Map<String, Object> told) {
    return new Policy.Rating(
        Optional.ofNullable(told.get("roles"))
            .map(Story::text)
            .map(word -> Policy.Roles.valueOf(word.toUpperCase(Locale.ROOT))),
        severities(map(told.get("severity"))),
        Optional.ofNullable(told.get("max_lag")).map(Story::text).map(Long::parseLong));
  }

  private static SortedMap<String, String> severities(Map<String, Object> told) {
    var severities = new TreeMap<String, String>();
    told.forEach((kind, word) -> severities.put(kind, text(word)));
    return severities;
  }

  private static IgnoreRule rule(@Nullable Object entry) {
    var told = map(entry);
    only(told, "kind", "cluster", "instance", "part", "owner", "reason", "until");
    return new IgnoreRule(
        text(told.get("kind")),
        new IgnoreRule.Where(
            told.getOrDefault("cluster", "*").toString(),
            Optional.ofNullable(told.get("instance")).map(Story::text),
            Optional.ofNullable(told.get("part")).map(Story::text)),
        text(told.get("owner")),
        text(told.get("reason")),
        until(told));
  }

  private static Maintenance maintenance(@Nullable Object entry) {
    var told = map(entry);
    only(told, "cluster", "instance", "owner", "reason", "until");
    return new Maintenance(
        text(told.get("cluster")),
        Optional.ofNullable(told.get("instance")).map(Story::text),
        until(told),
        text(told.get("owner")),
        text(told.get("reason")));
  }

  private static Instant until(Map<String, Object> told) {
    return Stage.START.plus(Story.duration(text(told.get("until"))));
  }
}
