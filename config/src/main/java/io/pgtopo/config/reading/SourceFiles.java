package io.pgtopo.config.reading;

import io.pgtopo.config.reading.Problem.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Opens files, records their names, and reports what is wrong with them. */
public final class SourceFiles {
  private static final String VAULT = "$ANSIBLE_VAULT;";

  private final Problems problems;
  private final List<Path> read = new ArrayList<>();

  public SourceFiles(Problems problems) {
    this.problems = problems;
  }

  /** Every file that was opened or should have been, in that order. */
  public List<Path> read() {
    return List.copyOf(read);
  }

  /** Records an optional file that does not exist: it may be created. */
  public void recordMissing(Path path) {
    read.add(path);
  }

  /** The root of a YAML or JSON file; empty, and a problem, if it cannot be read. */
  public Optional<Located> yaml(Path path) {
    return bytes(path).flatMap(bytes -> yaml(path, bytes));
  }

  /** The root of what a file would hold. */
  public Optional<Located> yaml(Path path, byte[] content) {
    var file = path.toString();
    return document(file, content)
        .map(document -> new Located(document.root(), new Place(file, "", lineOf(document))));
  }

  /** The text that a file holds; empty, and a problem, if it is none. */
  public Optional<String> text(Path path, byte[] content) {
    try {
      return Optional.of(YamlReader.text(content));
    } catch (UnreadableException e) {
      problems.error(Code.SYNTAX, new Place(path.toString(), "", e.line()), e.wanted(), e.found());
      return Optional.empty();
    }
  }

  private static int lineOf(YamlDocument document) {
    return document.root() instanceof Value.Null ? 0 : document.root().line();
  }

  private Optional<YamlDocument> document(String file, byte[] bytes) {
    if (isVault(bytes)) {
      return Optional.of(new YamlDocument(new Value.Opaque("$ANSIBLE_VAULT", 1), List.of()));
    }
    try {
      var document = YamlReader.read(bytes);
      for (var key : document.duplicates()) {
        problems.warn(
            Code.DUPLICATE_KEY,
            new Place(file, key.path(), key.line()),
            "each key once",
            "the same key on line " + key.earlierLine() + "; the last one counts, as in Ansible");
      }
      return Optional.of(document);
    } catch (UnreadableException e) {
      problems.error(Code.SYNTAX, new Place(file, "", e.line()), e.wanted(), e.found());
      return Optional.empty();
    } catch (OutOfMemoryError tooLarge) {
      problems.error(
          Code.UNREADABLE,
          Place.wholeFile(file),
          "a file that fits into the memory of pgtopo",
          "%d bytes of YAML".formatted(bytes.length));
      return Optional.empty();
    }
  }

  private static boolean isVault(byte[] bytes) {
    var start = Math.min(bytes.length, VAULT.length());
    return new String(bytes, 0, start, StandardCharsets.US_ASCII).equals(VAULT);
  }

  /** The content of a file; empty, and a problem, if it cannot be read or is too large. */
  public Optional<byte[]> bytes(Path path) {
    read.add(path);
    try {
      if (!Files.exists(path)) {
        return refuse(path, "no file of that name");
      }
      if (Files.isDirectory(path)) {
        return refuse(path, "a directory; name the file, or a pattern such as " + path + "/*.yml");
      }
      if (!Files.isRegularFile(path) && !isStream(path)) {
        return refuse(path, "neither a file nor a directory");
      }
      return content(path);
    } catch (AccessDeniedException e) {
      return refuse(path, "a file that this user may not read");
    } catch (IOException e) {
      return refuse(path, "a file that cannot be read: " + e.getMessage());
    }
  }

  private Optional<byte[]> content(Path path) throws IOException {
    try (var in = Files.newInputStream(path)) {
      var bytes = in.readNBytes(YamlReader.MAX_BYTES + 1);
      return bytes.length > YamlReader.MAX_BYTES
          ? refuse(path, "a file of more than " + YamlReader.MAX_BYTES / (1024 * 1024) + " MiB")
          : Optional.of(bytes);
    }
  }

  /** What a shell's process substitution hands over. */
  private static boolean isStream(Path path) {
    return path.startsWith("/dev/fd") || path.startsWith("/dev/stdin");
  }

  private Optional<byte[]> refuse(Path path, String found) {
    problems.error(Code.UNREADABLE, Place.wholeFile(path.toString()), "a file", found);
    return Optional.empty();
  }
}
