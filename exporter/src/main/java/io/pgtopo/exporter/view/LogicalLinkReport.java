package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.agent.topology.LogicalLink;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** One client that receives decoded changes through a logical slot, or one subscription. */
public record LogicalLinkReport(
    @JsonPropertyDescription("the server that sends; null if none is seen that does")
        Optional<String> publisher,
    @JsonPropertyDescription("that the publisher is declared in; null if it is in none")
        Optional<String> publisherCluster,
    @JsonPropertyDescription("the logical slot; of a subscription alone, the one that it names")
        Optional<String> slot,
    @JsonPropertyDescription("that the slot decodes") Optional<String> database,
    @JsonPropertyDescription("of the slot") Optional<String> plugin,
    @JsonPropertyDescription(
            "the server that runs the subscription; null if none is seen that does")
        Optional<String> subscriber,
    @JsonPropertyDescription("that the subscriber is declared in; null if it is in none")
        Optional<String> subscriberCluster,
    Optional<String> subscription,
    @JsonPropertyDescription("that the subscription is in") Optional<String> subscriberDatabase,
    @JsonPropertyDescription(
            "the address and name that the client of the slot announces; null if none is connected")
        Optional<String> client,
    @OneOf(ReplicationLink.Grade.class) String grade,
    @OneOf(ReplicationLink.Evidence.class)
        @JsonPropertyDescription("what both ends agree in, or none if one is missing")
        List<String> reasons,
    @JsonPropertyDescription("whether a walsender uses the slot; null if no slot is seen")
        Optional<Boolean> active,
    @JsonPropertyDescription("whether the subscription is enabled; null if none is seen")
        Optional<Boolean> enabled,
    @JsonPropertyDescription("whether its apply worker runs; null if no subscription is seen")
        Optional<Boolean> applying,
    @JsonPropertyDescription(
            "WAL of the publisher that the client has not confirmed, up to confirmed_flush_lsn")
        Optional<Long> lagBytes) {

  public static LogicalLinkReport of(LogicalLink link, Topology live, DisplayNames names) {
    var slot = link.publisher().map(LogicalLink.Publisher::slot);
    var decoding = slot.flatMap(ReplicationSlot::decoding);
    var subscription = link.subscriber().map(LogicalLink.Subscriber::subscription);
    return new LogicalLinkReport(
        link.publisher().map(end -> names.of(end.at())),
        link.publisher().flatMap(end -> names.book().clusterOf(end.at())),
        slot.map(ReplicationSlot::name).or(() -> subscription.flatMap(Subscription::slot)),
        decoding.map(ReplicationSlot.Decoding::database),
        decoding.map(ReplicationSlot.Decoding::plugin),
        link.subscriber().map(end -> names.of(end.at())),
        link.subscriber().flatMap(end -> names.book().clusterOf(end.at())),
        subscription.map(Subscription::name),
        subscription.map(Subscription::database),
        link.publisher().flatMap(LogicalLink.Publisher::client).map(names::of),
        link.grade().label(),
        link.reasons().stream().map(ReplicationLink.Evidence::label).toList(),
        slot.map(it -> it.activePid().isPresent()),
        subscription.map(it -> it.mode() == Subscription.Mode.ENABLED),
        subscription.map(it -> it.worker().isPresent()),
        link.lagBytes(live));
  }

  /** The links of which a server is an end. */
  static Predicate<LogicalLink> touching(ClusterView view) {
    return link -> link.ends().anyMatch(view::isServerOf);
  }
}
