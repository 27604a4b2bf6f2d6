package io.pgtopo.config.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Objects;

/** Whose a file is that replaces another one. */
public final class FileOwner {
  private FileOwner() {}

  /**
   * Gives a file the owner and group of another one, or of a directory.
   *
   * @throws java.nio.file.FileSystemException if it is not this user's to give
   */
  public static void copy(Path from, Path to) throws IOException {
    var wanted = view(from).readAttributes();
    var file = view(to);
    var own = file.readAttributes();
    if (!own.group().equals(wanted.group())) {
      file.setGroup(wanted.group());
    }
    if (!own.owner().equals(wanted.owner())) {
      file.setOwner(wanted.owner());
    }
  }

  private static PosixFileAttributeView view(Path path) {
    return Objects.requireNonNull(
        Files.getFileAttributeView(path, PosixFileAttributeView.class), "not a POSIX file system");
  }
}
