package io.pgtopo.lab;

import java.nio.file.Path;
import java.util.List;

/** Copies of a running instance, primary or standby, by SQL, since pg_basebackup may be missing. */
final class BaseBackup {
  private static final Path CONTROL = Path.of("global", "pg_control");
  private static final int FIRST_WITH_NEW_NAMES = 15;

  private BaseBackup() {}

  /**
   * Fills empty data directories. All copies begin at the same WAL position, so one that streams
   * from {@code source} has what the others need and may be their upstream.
   */
  static void copy(LabInstance source, List<DataDirectory> targets) {
    var hasNewNames = targets.getFirst().major() >= FIRST_WITH_NEW_NAMES;
    // The backup lasts as long as the session that began it.
    try (var session = Session.open(source)) {
      session.execute(
          hasNewNames
              ? "SELECT pg_backup_start('lab', true)"
              : "SELECT pg_start_backup('lab', true, false)");
      Parallel.forEach(targets, target -> copy(source.dataDirectory(), target));
      var label =
          session
              .value(
                  hasNewNames
                      ? "SELECT labelfile FROM pg_backup_stop(false)"
                      : "SELECT labelfile FROM pg_stop_backup(false, false)")
              .orElseThrow();
      targets.forEach(target -> target.put("backup_label", label));
    }
  }

  private static void copy(Path from, DataDirectory target) {
    FileTree.copy(from, target.path(), target.user(), BaseBackup::isCopiedFirst);
    // A standby's pg_control says how far its files must be replayed, so it is read after them.
    FileTree.copy(
        from.resolve(CONTROL), target.path().resolve(CONTROL), target.user(), file -> true);
  }

  private static boolean isCopiedFirst(Path below) {
    return !below.equals(CONTROL) && DataDirectory.isInBaseBackup(below);
  }
}
