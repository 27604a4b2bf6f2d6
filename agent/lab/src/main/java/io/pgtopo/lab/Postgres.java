package io.pgtopo.lab;

/**
 * Which PostgreSQL a lab runs: from an embedded archive, or as installed on this machine.
 *
 * @param major such as 18; 10 or later
 */
public record Postgres(int major) {
  /** The oldest version whose functions and files have the names of today. */
  public static final int OLDEST = 10;

  private static final int USUAL = 18;

  /** Refuses versions before 10, whose functions and files have other names. */
  public Postgres {
    if (major < OLDEST) {
      throw new IllegalArgumentException("PostgreSQL 10 or later is required. Found: " + major);
    }
  }

  /**
   * The newest version that there are programs of: in the directory PGBIN, else in an embedded
   * archive, else installed; without any, the version to ask for in an error.
   */
  public static Postgres newest() {
    return new Postgres(BinarySearch.newest().orElse(USUAL));
  }

  public static Postgres version(int major) {
    return new Postgres(major);
  }
}
