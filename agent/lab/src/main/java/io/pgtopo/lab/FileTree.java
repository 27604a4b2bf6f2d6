package io.pgtopo.lab;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Copies and deletes directories, even while a server adds and removes files in them. */
final class FileTree {
  private FileTree() {}

  /**
   * Copies what {@code wanted} accepts, by its path below {@code from}; the copy belongs to {@code
   * owner}.
   */
  static void copy(Path from, Path to, ServerUser owner, Predicate<Path> wanted) {
    visit(
        from,
        new Visitor() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            var below = from.relativize(directory);
            if (!wanted.test(below)) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            place(directory, to.resolve(below));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            var below = from.relativize(file);
            if (wanted.test(below)) {
              place(file, to.resolve(below));
            }
            return FileVisitResult.CONTINUE;
          }

          private void place(Path source, Path target) throws IOException {
            try {
              if (!Files.isDirectory(target)) {
                Files.copy(source, target, COPY_ATTRIBUTES, NOFOLLOW_LINKS);
                owner.own(target);
              }
            } catch (NoSuchFileException removed) {
              // By the server, since it was listed: the copy does not need it.
            }
          }
        });
  }

  /** Deletes a directory with everything in it, if it exists. */
  static void delete(Path directory) {
    visit(
        directory,
        new Visitor() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void visit(Path directory, Visitor visitor) {
    Io.run(() -> Files.walkFileTree(directory, visitor));
  }

  /** Skips files that a running server removes after they were listed. */
  private static class Visitor extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }
  }
}
