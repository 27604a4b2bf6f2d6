package io.pgtopo.config.model;

/** Whether a database or role is to exist. */
public enum ObjectState implements Labelled {
  CREATE,
  ABSENT,
  /** Dropped and created again by Pigsty's next run. */
  RECREATE;

  /** Whether it exists if the declaration is fulfilled. */
  public boolean isPresent() {
    return this != ABSENT;
  }
}
