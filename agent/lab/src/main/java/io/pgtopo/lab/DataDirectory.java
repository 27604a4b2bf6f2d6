package io.pgtopo.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A server's data directory: the files by which the lab configures it. */
record DataDirectory(Path path, int major, ServerUser user) {
  /** The file with what the lab set; the template's postgresql.conf includes it last. */
  static final String SETTINGS = "lab.conf";

  private static final int FIRST_WITHOUT_RECOVERY_CONF = 12;

  /** Directories that a copy of a running server has empty, as pg_basebackup leaves them. */
  private static final Set<String> EMPTIED =
      Set.of(
          "pg_dynshmem",
          "pg_notify",
          "pg_replslot",
          "pg_serial",
          "pg_snapshots",
          "pg_stat_tmp",
          "pg_subtrans",
          "pg_wal");

  private static final Set<String> NOT_COPIED =
      Set.of(
          "backup_label",
          "backup_label.old",
          "postmaster.opts",
          "postmaster.pid",
          "recovery.conf",
          "recovery.done",
          "recovery.signal",
          "standby.signal",
          SETTINGS);

  /** Makes the directory, empty. */
  void create() {
    try {
      Files.createDirectory(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      user.own(path);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /**
   * Fills the directory with a copy of the template, as a member of the database cluster {@code
   * identifier}.
   */
  void fillFrom(Path template, SystemIdentifier identifier) {
    create();
    FileTree.copy(template, path, user, file -> true);
    identifier.stamp(path);
  }

  /** Whether a base backup holds this file; {@code below} is its path in the data directory. */
  static boolean isInBaseBackup(Path below) {
    String first = below.getName(0).toString();
    if (below.getNameCount() > 1 && EMPTIED.contains(first)) {
      return false;
    }
    String last = below.getFileName().toString();
    return !NOT_COPIED.contains(first)
        && !last.startsWith("pgsql_tmp")
        && !last.startsWith("pg_internal.init");
  }

  /**
   * Writes the settings; those of recovery to recovery.conf, where this version has one and is a
   * standby.
   */
  void write(Settings settings) {
    if (major >= FIRST_WITHOUT_RECOVERY_CONF) {
      put(SETTINGS, settings.text());
      return;
    }
    put(SETTINGS, settings.textWithoutRecovery());
    if (Files.exists(path.resolve("recovery.conf"))) {
      put("recovery.conf", settings.recoveryText());
    }
  }

  /** The next start is as a standby. */
  void markStandby() {
    put(major >= FIRST_WITHOUT_RECOVERY_CONF ? "standby.signal" : "recovery.conf", "");
  }

  /** The next start is as a primary. */
  void unmarkStandby() {
    try {
      Files.deleteIfExists(path.resolve("standby.signal"));
      Files.deleteIfExists(path.resolve("recovery.conf"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Writes a file of the server's user. */
  void put(String name, String text) {
    Path file = path.resolve(name);
    try {
      Files.writeString(file, text);
      user.own(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /**
   * The state in postmaster.pid, line 8, 10+: starting, ready, standby, stopping; null before it is
   * known.
   */
  @Nullable String postmasterState(long pid) {
    try {
      List<String> lines = Files.readAllLines(path.resolve("postmaster.pid"));
      boolean isOfThisProcess = !lines.isEmpty() && lines.getFirst().equals(Long.toString(pid));
      return isOfThisProcess && lines.size() >= 8 ? lines.get(7).strip() : null;
    } catch (NoSuchFileException absent) {
      return null;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
