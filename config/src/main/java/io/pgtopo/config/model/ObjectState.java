package io.pgtopo.config.model;

import java.util.Locale;

/** Whether a database or role shall be there. */
public enum ObjectState {
  /** Created if it is missing. */
  CREATE,
  /** Dropped if it is there. */
  ABSENT,
  /** Dropped and created anew by the next run, hence there afterwards. */
  RECREATE;

  /** Pigsty's word for it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it is there when the declaration is fulfilled. */
  public boolean isPresent() {
    return this != ABSENT;
  }
}
