package io.pgtopo.lab;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What labs share and keep: unpacked programs and template data directories. A complete entry is
 * put in place by one rename, so that several JVMs may make the same one at once.
 */
record Cache(Path directory, String labId, Consumer<String> progress) {
  private static final Set<PosixFilePermission> OPEN_TO_READ =
      PosixFilePermissions.fromString("rwxr-xr-x");

  /**
   * The first usable directory: for root one of the system, which the servers' user can read,
   * otherwise one in the home directory.
   */
  static Cache open(ServerUser user, String labId, Consumer<String> progress) {
    for (var candidate : candidates(user)) {
      if (isUsable(candidate, user.callerUid())) {
        return new Cache(candidate, labId, progress);
      }
    }
    throw new LabException("None of these can be made a cache directory: " + candidates(user));
  }

  /** The entry of that name, made by {@code maker} in a fresh directory if it is not there yet. */
  Path keep(String name, Consumer<Path> maker) {
    var entry = directory.resolve(name);
    if (Files.isDirectory(entry)) {
      return entry;
    }
    // The reaper removes what begins like this, if the JVM ends before it is complete.
    var fresh = directory.resolve(".new-" + labId + "-" + name);
    try {
      Files.createDirectory(fresh);
      Files.setPosixFilePermissions(fresh, OPEN_TO_READ);
      long begin = System.nanoTime();
      maker.accept(fresh);
      Files.move(fresh, entry, ATOMIC_MOVE);
      progress.accept("%s: made in %.1f s".formatted(name, (System.nanoTime() - begin) / 1e9));
    } catch (IOException failure) {
      if (!Files.isDirectory(entry)) {
        throw new UncheckedIOException(failure);
      }
      // Another lab made the same entry first.
      FileTree.delete(fresh);
    }
    return entry;
  }

  private static List<Path> candidates(ServerUser user) {
    var candidates = new ArrayList<Path>();
    if (user.isOtherThanCaller()) {
      candidates.add(Path.of("/var/cache/pgtopo-lab"));
    } else {
      environment("XDG_CACHE_HOME").ifPresent(home -> candidates.add(home.resolve("pgtopo-lab")));
      environment("HOME").ifPresent(home -> candidates.add(home.resolve(".cache/pgtopo-lab")));
    }
    candidates.add(
        Path.of(System.getProperty("java.io.tmpdir"), "pgtopo-lab-cache-" + user.callerUid()));
    return candidates;
  }

  private static Optional<Path> environment(String name) {
    return Optional.ofNullable(System.getenv(name))
        .filter(path -> path.startsWith("/"))
        .map(Path::of);
  }

  /** Programs are run from it, so it must belong to the caller, who alone may write to it. */
  private static boolean isUsable(Path directory, int callerUid) {
    try {
      Files.createDirectories(directory);
      if (!Files.getAttribute(directory, "unix:uid", NOFOLLOW_LINKS).equals(callerUid)) {
        return false;
      }
      Files.setPosixFilePermissions(directory, OPEN_TO_READ);
      return Files.isWritable(directory);
    } catch (IOException failure) {
      return false;
    }
  }
}
