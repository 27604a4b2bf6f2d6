package io.pgtopo.exporter.view;

import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.ReplicationLink;

/**
 * Whether WAL streams through a link. One end alone proves that it does not, never that it does.
 */
public enum Streaming {
  YES,
  NO,
  UNKNOWN;

  public static Streaming of(ReplicationLink link) {
    if (link.isStreaming()) {
      return YES;
    }
    var senderDenies =
        link.sender()
            .flatMap(row -> row.stream().ifSeen())
            .filter(stream -> stream.state() != WalSender.State.STREAMING)
            .isPresent();
    var receiverDenies =
        link.receiver().filter(row -> row.status() != WalReceiver.Status.STREAMING).isPresent();
    return senderDenies || receiverDenies ? NO : UNKNOWN;
  }
}
