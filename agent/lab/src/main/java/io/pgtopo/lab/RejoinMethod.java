package io.pgtopo.lab;

/** How a diverged instance became a standby again. */
public enum RejoinMethod {
  /** By pg_rewind, which this machine has for this major version. */
  REWOUND,
  /** By a new copy of its upstream, since there is no pg_rewind here or it failed. */
  CLONED
}
