package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.SystemId;
import java.util.Optional;

/** The database cluster that a server is a physical copy of. Equal origins are one. */
public sealed interface Origin extends Comparable<Origin> {

  /** By its system identifier. */
  record Identified(SystemId id) implements Origin {
    @Override
    public String toString() {
      return id.toString();
    }
  }

  /**
   * Its system identifier is hidden.
   *
   * @param name that tells it from other hidden ones; never shown
   */
  record Unidentified(String name) implements Origin {
    @Override
    public String toString() {
      return "unknown";
    }
  }

  /** Empty if it is hidden. */
  default Optional<SystemId> systemId() {
    return switch (this) {
      case Identified(var id) -> Optional.of(id);
      case Unidentified unidentified -> Optional.empty();
    };
  }

  /** Hidden ones last. */
  @Override
  default int compareTo(Origin other) {
    return switch (this) {
      case Identified(var id) ->
          other instanceof Identified(var theirs) ? id.compareTo(theirs) : -1;
      case Unidentified(var name) ->
          other instanceof Unidentified(var theirs) ? name.compareTo(theirs) : 1;
    };
  }
}
