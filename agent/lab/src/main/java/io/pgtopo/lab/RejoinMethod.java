package io.pgtopo.lab;

/** How a diverged instance became a standby again. */
public enum RejoinMethod {
  /** By pg_rewind. */
  REWOUND,
  /** By a new copy of its upstream: there is no pg_rewind of this version, or it failed. */
  CLONED
}
