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
  static Policy policy(Map<String, Object> story) {
    var policy = map(story.get("policy"));
    only(policy, "roles", "severity", "max_lag", "max_pause", "clusters");
    var clusters = new TreeMap<String, Policy.Rating>();
    map(policy.get("clusters")).forEach((name, given) -> clusters.put(name, rating(map(given))));
    return new Policy(
        rating(policy),
        clusters,
        list(story.get("ignore")).stream().map(Policies::rule).toList(),
        list(story.get("maintenance")).stream().map(Policies::maintenance).toList());
  }

  private static Policy.Rating rating(Map<String, Object> given) {
    return new Policy.Rating(
        Optional.ofNullable(given.get("roles"))
            .map(Story::text)
            .map(word -> Policy.Roles.valueOf(word.toUpperCase(Locale.ROOT))),
        severities(map(given.get("severity"))),
        Optional.ofNullable(given.get("max_lag")).map(Story::text).map(Long::parseLong),
        Optional.ofNullable(given.get("max_pause")).map(Story::text).map(Story::duration));
  }

  private static SortedMap<String, String> severities(Map<String, Object> given) {
    var severities = new TreeMap<String, String>();
    given.forEach((kind, word) -> severities.put(kind, text(word)));
    return severities;
  }

  private static IgnoreRule rule(@Nullable Object entry) {
    var given = map(entry);
    only(given, "kind", "cluster", "instance", "part", "owner", "reason", "until");
    return new IgnoreRule(
        text(given.get("kind")),
        new IgnoreRule.Where(
            given.getOrDefault("cluster", "*").toString(),
            Optional.ofNullable(given.get("instance")).map(Story::text),
            Optional.ofNullable(given.get("part")).map(Story::text)),
        text(given.get("owner")),
        text(given.get("reason")),
        until(given));
  }

  private static Maintenance maintenance(@Nullable Object entry) {
    var given = map(entry);
    only(given, "cluster", "instance", "owner", "reason", "until");
    return new Maintenance(
        text(given.get("cluster")),
        Optional.ofNullable(given.get("instance")).map(Story::text),
        until(given),
        text(given.get("owner")),
        text(given.get("reason")));
  }

  private static Instant until(Map<String, Object> given) {
    return Stage.START.plus(Story.duration(text(given.get("until"))));
  }
}
