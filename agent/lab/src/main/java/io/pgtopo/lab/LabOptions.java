package io.pgtopo.lab;

import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * What a lab is opened with. {@code port}: what all servers listen on; empty for one that is free.
 */
public record LabOptions(
    Postgres postgres, Network network, OptionalInt port, Consumer<String> progress) {
  /** Loopback addresses, any port, no word about progress. */
  public static LabOptions of(Postgres postgres) {
    return new LabOptions(postgres, Network.LOOPBACK, OptionalInt.empty(), message -> {});
  }

  /** The same on another network. */
  public LabOptions network(Network other) {
    return new LabOptions(postgres, other, port, progress);
  }

  /** The same on a given port, such as 5432. */
  public LabOptions port(int wanted) {
    return new LabOptions(postgres, network, OptionalInt.of(wanted), progress);
  }

  /** The same, telling somebody in sentences what takes time. */
  public LabOptions progress(Consumer<String> listener) {
    return new LabOptions(postgres, network, port, listener);
  }
}
