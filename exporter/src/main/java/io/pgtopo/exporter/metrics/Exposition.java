package io.pgtopo.exporter.metrics;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.exporter.runtime.LatestSnapshot;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All metrics as text. The text of a snapshot is rendered, written and compressed once for all
 * scrapes of it; that of pgtopo itself is added to each. Any thread may call it.
 */
public final class Exposition {
  private static final byte[] END = "# EOF\n".getBytes(StandardCharsets.US_ASCII);

  /** Without a fresh snapshot there is no topology. */
  private record SnapshotText(Optional<Snapshot> of, SharedText text) {}

  private final LatestSnapshot latest;
  private final Meters meters;
  private final Map<String, SnapshotText> topologies = new ConcurrentHashMap<>();

  public Exposition(LatestSnapshot latest, Meters meters) {
    this.latest = latest;
    this.meters = meters;
  }

  /** One scrape, of one snapshot. */
  public SharedText.Body scrape(ExpositionFormatWriter format, SharedText.Coding coding) {
    var current = latest.current();
    var itself = write(format, meters.itself(current.last()));
    return topology(format, current.fresh()).with(itself, coding);
  }

  private SharedText topology(ExpositionFormatWriter format, Optional<Snapshot> snapshot) {
    return topologies.compute(
            format.getContentType(),
            (type, known) ->
                known != null && isSame(known.of, snapshot)
                    ? known
                    : new SnapshotText(snapshot, render(format, snapshot)))
        .text;
  }

  @SuppressWarnings("ReferenceEquality") // Comparing a whole fleet would cost more than rendering.
  private static boolean isSame(Optional<Snapshot> one, Optional<Snapshot> other) {
    return one.orElse(null) == other.orElse(null);
  }

  private SharedText render(ExpositionFormatWriter format, Optional<Snapshot> snapshot) {
    var text = write(format, snapshot.map(meters::topology).orElse(MetricSnapshots.of()));
    var isEnded =
        text.length >= END.length
            && Arrays.equals(text, text.length - END.length, text.length, END, 0, END.length);
    return new SharedText(isEnded ? Arrays.copyOf(text, text.length - END.length) : text);
  }

  private static byte[] write(ExpositionFormatWriter format, MetricSnapshots metrics) {
    var out = new ByteArrayOutputStream();
    try {
      format.write(out, metrics);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }
}
