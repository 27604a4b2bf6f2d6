package io.pgtopo.exporter.text;

import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.config.model.Printable;
import io.pgtopo.exporter.text.TreeGraph.Kind;
import io.pgtopo.exporter.text.TreeGraph.Proof;
import io.pgtopo.exporter.view.LogicalLinkReport;
import io.pgtopo.exporter.view.Plural;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All logical links from one server to another one, or to one client that is no known server. */
record LogicalEdge(End from, End to, List<LogicalLinkReport> links) {
  /** A card or a label lists no more than these; the tree as text lists all. */
  private static final int MOST = 4;

  /** A server, or a client. */
  record End(String name, Kind kind) {
    String description() {
      return switch (kind) {
        case OTHER_CLUSTER -> "another cluster";
        case CONSUMER -> "receives decoded changes";
        case PRIMARY, REPLICA, UNKNOWN, SILENT, UNDECLARED -> "undeclared";
      };
    }

    private static End server(String name, Optional<String> cluster) {
      return new End(name, cluster.isPresent() ? Kind.OTHER_CLUSTER : Kind.UNDECLARED);
    }
  }

  /** Those of which both ends are known, in the order of the links. */
  static List<LogicalEdge> of(List<LogicalLinkReport> links) {
    var byEnds = new LinkedHashMap<List<End>, List<LogicalLinkReport>>();
    for (var link : links) {
      link.publisher()
          .map(name -> End.server(name, link.publisherCluster()))
          .ifPresent(
              from ->
                  receiver(link)
                      .ifPresent(
                          to ->
                              byEnds
                                  .computeIfAbsent(List.of(from, to), key -> new ArrayList<>())
                                  .add(link)));
    }
    return byEnds.entrySet().stream()
        .map(it -> new LogicalEdge(it.getKey().getFirst(), it.getKey().getLast(), it.getValue()))
        .toList();
  }

  private static Optional<End> receiver(LogicalLinkReport link) {
    return link.subscriber()
        .map(name -> End.server(name, link.subscriberCluster()))
        .or(() -> link.client().map(name -> new End(name, Kind.CONSUMER)));
  }

  Proof proof() {
    return links.stream()
            .allMatch(link -> link.grade().equals(ReplicationLink.Grade.BOTH_ENDS.label()))
        ? Proof.BOTH_ENDS
        : Proof.ONE_END;
  }

  String label() {
    var lags = links.stream().flatMap(link -> link.lagBytes().stream()).toList();
    var lag =
        lags.size() == links.size()
            ? lags.stream().max(Long::compare).map(ByteCount::text).orElse("?")
            : "?";
    var ends = proof() == Proof.BOTH_ENDS ? "both ends" : "one end";
    return "%s, %s, lag %s%s"
        .formatted(Printable.of(what()), ends, links.size() == 1 ? "" : "up to ", lag);
  }

  /** Subscriptions if all of them are, otherwise slots; by name, and how many if it is not one. */
  private String what() {
    var subscriptions = links.stream().flatMap(link -> link.subscription().stream()).toList();
    var isEach = subscriptions.size() == links.size();
    var thing = isEach ? "subscription" : "slot";
    var names =
        isEach ? subscriptions : links.stream().map(link -> link.slot().orElse("?")).toList();
    return names.size() == 1
        ? thing + " " + names.getFirst()
        : "%s (%s)".formatted(Plural.of(names.size(), thing), String.join(", ", atMost(names)));
  }

  /** What has no other end, of a server: slots that nobody uses, subscriptions without a slot. */
  static List<String> looseEnds(String server, List<LogicalLinkReport> links) {
    var is = Optional.of(server);
    var all =
        links.stream()
            .flatMap(
                link ->
                    Stream.concat(
                            Stream.of(link)
                                .filter(it -> it.publisher().equals(is))
                                .filter(it -> receiver(it).isEmpty())
                                .map(LogicalEdge::unused),
                            Stream.of(link)
                                .filter(it -> it.subscriber().equals(is))
                                .filter(it -> it.publisher().isEmpty())
                                .map(LogicalEdge::unmatched))
                        .map(Printable::of))
            .toList();
    return atMost(all);
  }

  private static List<String> atMost(List<String> all) {
    return all.size() <= MOST
        ? all
        : Stream.concat(
                all.stream().limit(MOST - 1),
                Stream.of("and %d more".formatted(all.size() - MOST + 1)))
            .toList();
  }

  private static String unused(LogicalLinkReport link) {
    return "slot %s not in use, lag %s"
        .formatted(link.slot().orElse("?"), link.lagBytes().map(ByteCount::text).orElse("?"));
  }

  private static String unmatched(LogicalLinkReport link) {
    var state =
        link.enabled().equals(Optional.of(false))
            ? "disabled"
            : link.applying().equals(Optional.of(true))
                ? "from an unknown server"
                : "no apply worker";
    return "subscription %s, %s".formatted(link.subscription().orElse("?"), state);
  }
}
