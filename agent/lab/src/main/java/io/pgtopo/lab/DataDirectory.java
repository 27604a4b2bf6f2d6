package io.pgtopo.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A server's data directory, and the files with which the lab configures it. */
record DataDirectory(Path path, int major, ServerUser user) {
  /** The file with the settings of the lab; the template's postgresql.conf includes it last. */
  static final String SETTINGS = "lab.conf";

  /** As PostgreSQL requires it of a data directory. */
  static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final int FIRST_WITHOUT_RECOVERY_CONF = 12;

  /** Directories that are empty in a copy of a running server, as with pg_basebackup. */
  private static final Pattern EMPTIED =
      Pattern.compile("pg_(dynshmem|notify|replslot|serial|snapshots|stat_tmp|subtrans|wal)");

  private static final Pattern NOT_COPIED =
      Pattern.compile(
          "backup_label(\\.old)?|postmaster\\.(opts|pid)|recovery\\.(conf|done|signal)"
              + "|standby\\.signal|"
              + Pattern.quote(SETTINGS));

  void create() {
    Io.run(() -> Files.createDirectory(path, OWNER_ONLY));
    user.own(path);
  }

  /** Makes it a copy of the template, with another system identifier. */
  void fillFrom(Path template, SystemIdentifier identifier) {
    create();
    FileTree.copy(template, path, user, file -> true);
    identifier.stamp(path);
  }

  /** Whether a base backup contains a file; {@code below} is its path in the data directory. */
  static boolean isInBaseBackup(Path below) {
    var first = below.getName(0).toString();
    if (below.getNameCount() > 1 && EMPTIED.matcher(first).matches()) {
      return false;
    }
    var last = below.getFileName().toString();
    return !NOT_COPIED.matcher(first).matches()
        && !last.startsWith("pgsql_tmp")
        && !last.startsWith("pg_internal.init");
  }

  /** Writes the settings; of a standby up to 11, those of recovery to recovery.conf. */
  void write(ServerParameters settings) {
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
    Io.run(() -> Files.deleteIfExists(path.resolve("standby.signal")));
    Io.run(() -> Files.deleteIfExists(path.resolve("recovery.conf")));
  }

  void put(String name, String text) {
    var file = path.resolve(name);
    Io.run(() -> Files.writeString(file, text));
    user.own(file);
  }

  /**
   * The state in postmaster.pid, line 8, 10+: starting, ready, standby, stopping; null before it is
   * known.
   */
  @Nullable String postmasterState(long pid) {
    try {
      var lines = Files.readAllLines(path.resolve("postmaster.pid"));
      var isOfThisProcess = !lines.isEmpty() && lines.getFirst().equals(Long.toString(pid));
      return isOfThisProcess && lines.size() >= 8 ? lines.get(7).strip() : null;
    } catch (NoSuchFileException absent) {
      return null;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
