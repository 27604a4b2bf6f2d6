package io.pgtopo.config.reading;

import java.util.Optional;

/** Values by their names: a map of a document, or a host with its variables. */
public interface Holder {

  /** The value of a name; empty if it is missing or null. */
  Optional<Located> find(String name);

  /** Where a value is, or would be. */
  Place placeOf(String name);
}
