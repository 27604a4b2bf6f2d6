package io.pgtopo.lab;

/**
 * Which PostgreSQL a lab runs: from an embedded archive, or as installed on this machine.
 *
 * @param major such as 18; 10 or later
 */
public record Postgres(int major) {
  /** Refuses versions before 10, whose functions and files have other names. */
  public Postgres {
    if (major < 10) {
      throw new IllegalArgumentException("PostgreSQL 10 or later is required. Found: " + major);
    }
  }

  public static Postgres version(int major) {
    return new Postgres(major);
  }
}
