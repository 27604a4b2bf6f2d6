package io.pgtopo.agent.story;

import static io.pgtopo.agent.story.Story.map;
import static io.pgtopo.agent.story.Story.only;
import static io.pgtopo.agent.story.Story.text;

import io.pgtopo.agent.observation.Backend;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.LogicalLink;
import io.pgtopo.agent.topology.Topology;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The subscriptions of a story, and the logical links that follow. */
final class Subscriptions {
  private Subscriptions() {}

  /** Each by its name; {@code hidden} hides them. */
  static Reading<List<Subscription>> of(@Nullable Object given) {
    return "hidden".equals(given)
        ? Reading.denied("hidden by a REVOKE")
        : Reading.seen(
            map(given).entrySet().stream()
                .map(entry -> subscription(entry.getKey(), map(entry.getValue())))
                .toList());
  }

  /** How many the full reading has counted. */
  static int count(@Nullable Object given) {
    return of(given).ifSeen().map(List::size).orElse(1);
  }

  private static Subscription subscription(String name, Map<String, Object> given) {
    only(
        given,
        "slot",
        "database",
        "worker",
        "silent",
        "disabled",
        "copying",
        "tables",
        "errors",
        "reset");
    var worker = given.getOrDefault("worker", "0s").toString();
    var errors = given.getOrDefault("errors", "0 0").toString().split(" ", 3);
    return new Subscription(
        name,
        given.getOrDefault("database", "postgres").toString(),
        given.containsKey("disabled") ? Subscription.Mode.DISABLED : Subscription.Mode.ENABLED,
        Optional.of(given.getOrDefault("slot", name).toString()),
        new Subscription.Workers(
            worker.equals("none")
                ? Optional.empty()
                : Optional.of(
                    new Backend(1, Optional.of(Stage.START.plus(Story.duration(worker))))),
            Optional.ofNullable(given.get("silent")).map(it -> Story.duration(text(it))),
            Integer.parseInt(given.getOrDefault("copying", "0").toString())),
        errors[0].equals("none")
            ? Optional.empty()
            : Optional.of(
                new Subscription.Errors(
                    Long.parseLong(errors[0]),
                    Long.parseLong(errors[1]),
                    errors.length < 3 ? 0 : Long.parseLong(errors[2]),
                    Optional.ofNullable(given.get("reset"))
                        .map(at -> Stage.START.plus(Story.duration(text(at)))))),
        tables(given.getOrDefault("tables", List.of())));
  }

  /** Names of those that are not copied; a text is why they are not known. */
  private static Reading<Subscription.Tables> tables(Object given) {
    return given instanceof List<?> names
        ? Reading.seen(
            new Subscription.Tables(
                names.size(),
                names.stream().limit(Subscription.Tables.NAMED).map(Object::toString).toList()))
        : Reading.denied(given.toString());
  }

  static List<String> links(Topology topology, AddressBook names) {
    return topology.logicalLinks().stream()
        .map(
            link ->
                "%s -> %s %s%s"
                    .formatted(
                        publisher(link, names),
                        subscriber(link, names),
                        link.grade().label(),
                        link.reasons().stream()
                            .map(reason -> " " + reason.label())
                            .collect(Collectors.joining())))
        .toList();
  }

  private static String publisher(LogicalLink link, AddressBook names) {
    return link.publisher()
        .map(end -> names.nameOf(end.at()) + " " + end.slot().name())
        .orElse("?");
  }

  private static String subscriber(LogicalLink link, AddressBook names) {
    return link.subscriber()
        .map(end -> names.nameOf(end.at()) + " " + end.subscription().name())
        .orElse("?");
  }
}
