package io.pgtopo.lab;

import java.nio.file.Path;

/** Which PostgreSQL a lab runs. */
public sealed interface Postgres {
  /** A major version such as 18: from an embedded archive, or as installed on this machine. */
  static Postgres version(int major) {
    return new Major(major);
  }

  /** The server programs in a directory such as {@code /usr/lib/postgresql/15/bin}. */
  static Postgres in(Path directory) {
    return new Directory(directory);
  }

  /** A major version, 10 or later. */
  record Major(int major) implements Postgres {
    /** Refuses versions before 10, whose functions and files have other names. */
    public Major {
      if (major < 10) {
        throw new IllegalArgumentException("PostgreSQL 10 or later is required. Found: " + major);
      }
    }
  }

  /** A directory that holds initdb, pg_ctl and postgres. */
  record Directory(Path path) implements Postgres {}
}
