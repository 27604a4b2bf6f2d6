package io.pgtopo.lab;

import java.nio.file.Path;

/**
 * A copy of a running instance, primary or standby, made over SQL, since pg_basebackup may not be
 * at hand.
 */
final class BaseBackup {
  private static final Path CONTROL = Path.of("global", "pg_control");

  private BaseBackup() {}

  /**
   * Fills an existing, empty data directory; the copy has to stream WAL from where {@code source}
   * stood.
   */
  static void copy(LabInstance source, DataDirectory target) {
    Path from = source.dataDirectory();
    boolean hasNewNames = target.major() >= 15;
    // The backup lasts as long as the session that began it.
    try (Session session = Session.open(source)) {
      session.execute(
          hasNewNames
              ? "SELECT pg_backup_start('lab', true)"
              : "SELECT pg_start_backup('lab', true, false)");
      FileTree.copy(from, target.path(), target.user(), BaseBackup::isCopiedFirst);
      // A standby's pg_control says how far its files must be replayed, so it is read after them.
      FileTree.copy(
          from.resolve(CONTROL), target.path().resolve(CONTROL), target.user(), file -> true);
      String label =
          session
              .value(
                  hasNewNames
                      ? "SELECT labelfile FROM pg_backup_stop(false)"
                      : "SELECT labelfile FROM pg_stop_backup(false, false)")
              .orElseThrow();
      target.put("backup_label", label);
    }
  }

  private static boolean isCopiedFirst(Path below) {
    return !below.equals(CONTROL) && DataDirectory.isInBaseBackup(below);
  }
}
