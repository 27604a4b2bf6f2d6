package io.pgtopo.exporter.text;

import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.exporter.text.Style.Tone;
import io.pgtopo.exporter.text.TreeRow.Cell;
import io.pgtopo.exporter.view.LogicalLinkReport;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The logical slots and the subscriptions of a server, one line each, below its row in a tree. */
final class LogicalText {
  private LogicalText() {}

  static List<Cell> lines(String server, List<LogicalLinkReport> links) {
    return links.stream().flatMap(link -> lines(server, link)).toList();
  }

  /** A server may receive from itself. */
  private static Stream<Cell> lines(String server, LogicalLinkReport link) {
    var is = Optional.of(server);
    return Stream.concat(
        link.publisher().equals(is) ? Stream.of(slot(link)) : Stream.empty(),
        link.subscriber().equals(is) ? Stream.of(subscription(link)) : Stream.empty());
  }

  private static Cell slot(LogicalLinkReport link) {
    var name = "slot %s of %s".formatted(text(link.slot()), text(link.database()));
    var lag = "lag " + link.lagBytes().map(ByteCount::text).orElse("?");
    if (link.active().equals(Optional.of(false))) {
      return new Cell("%s, not in use, %s".formatted(name, lag), Tone.UNKNOWN);
    }
    var client =
        link.subscriber()
            .map(it -> it + " subscription " + text(link.subscription()))
            .orElseGet(() -> text(link.client()));
    return new Cell("%s to %s, %s, %s".formatted(name, client, lag, ends(link)), Tone.FAINT);
  }

  private static Cell subscription(LogicalLinkReport link) {
    var name =
        "subscription %s of %s"
            .formatted(text(link.subscription()), text(link.subscriberDatabase()));
    if (link.publisher().isPresent()) {
      return new Cell(
          "%s from %s slot %s, %s"
              .formatted(name, text(link.publisher()), text(link.slot()), ends(link)),
          Tone.FAINT);
    }
    var slot =
        link.slot().map(", slot %s of an unknown server"::formatted).orElse(", without a slot");
    if (link.enabled().equals(Optional.of(false))) {
      return new Cell(name + slot + ", disabled", Tone.UNKNOWN);
    }
    return link.applying().equals(Optional.of(true))
        ? new Cell(name + slot + ", " + ends(link), Tone.UNKNOWN)
        : new Cell(name + slot + ", no apply worker", Tone.WRONG);
  }

  private static String ends(LogicalLinkReport link) {
    return link.grade().equals(ReplicationLink.Grade.BOTH_ENDS.label()) ? "both ends" : "one end";
  }

  private static String text(Optional<String> fact) {
    return fact.orElse("?");
  }
}
