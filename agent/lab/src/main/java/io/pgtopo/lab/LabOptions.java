package io.pgtopo.lab;

import java.util.OptionalInt;
import java.util.function.Consumer;

/** The options of a lab. {@code port}: of all servers; empty for a free one. */
public record LabOptions(
    Postgres postgres, LabNetwork network, OptionalInt port, Consumer<String> progress) {
  /** Loopback addresses, any free port, no progress messages. */
  public static LabOptions of(Postgres postgres) {
    return new LabOptions(postgres, LabNetwork.LOOPBACK, OptionalInt.empty(), message -> {});
  }

  public LabOptions network(LabNetwork other) {
    return new LabOptions(postgres, other, port, progress);
  }

  /** The same, with a listener that gets a sentence for each slow step. */
  public LabOptions progress(Consumer<String> listener) {
    return new LabOptions(postgres, network, port, listener);
  }
}
