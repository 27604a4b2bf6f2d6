package io.pgtopo.config.settings;

import io.pgtopo.config.model.Maintenance;
import io.pgtopo.config.reading.YamlScalar;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A file of maintenance that commands write. */
public record MaintenanceFile(Path path, List<Maintenance> entries) {
  private static final String HEADING =
      "# Maintenance. Written by 'pgtopo maintenance', and read before each cycle.\n";

  private static final Set<PosixFilePermission> OWNERS_ALONE =
      PosixFilePermissions.fromString("rw-------");

  /** Of a new file that could not be given to the owner of its directory: it holds no secret. */
  private static final Set<PosixFilePermission> FOR_READERS =
      PosixFilePermissions.fromString("rw-r--r--");

  public MaintenanceFile {
    entries = List.copyOf(entries);
  }

  /** With one more entry, which replaces that of the same subject. */
  public MaintenanceFile with(Maintenance added) {
    var others = without(added.subject()).entries.stream();
    return new MaintenanceFile(path, Stream.concat(others, Stream.of(added)).toList());
  }

  public MaintenanceFile without(String subject) {
    return new MaintenanceFile(
        path, entries.stream().filter(entry -> !entry.subject().equals(subject)).toList());
  }

  public MaintenanceFile inForce(Instant now) {
    return new MaintenanceFile(
        path, entries.stream().filter(entry -> entry.isInForce(now)).toList());
  }

  String text() {
    return HEADING
        + (entries.isEmpty()
            ? "maintenance: []\n"
            : entries.stream()
                .map(MaintenanceFile::item)
                .collect(Collectors.joining("", "maintenance:\n", "")));
  }

  private static String item(Maintenance entry) {
    var instance =
        entry.instance().map(name -> "\n    instance: " + YamlScalar.quoted(name)).orElse("");
    return "  - cluster: %s%s\n    until: %s\n    owner: %s\n    reason: %s\n"
        .formatted(
            YamlScalar.quoted(entry.cluster()),
            instance,
            YamlScalar.quoted(entry.until().toString()),
            YamlScalar.quoted(entry.owner()),
            YamlScalar.quoted(entry.reason()));
  }

  /**
   * Replaces the file atomically. One that exists keeps its owner, if this user may give a file
   * away, and its mode. A new one is for its owner alone, who is that of the directory: what an
   * administrator writes, the service reads.
   */
  public void write() throws IOException {
    var target = path.toAbsolutePath();
    var folder = Objects.requireNonNull(target.getParent());
    var isNew = !Files.exists(target);
    var temporary = Files.createTempFile(folder, "." + target.getFileName(), ".new");
    try {
      Files.writeString(temporary, text(), StandardCharsets.UTF_8);
      Files.setPosixFilePermissions(
          temporary, isNew ? OWNERS_ALONE : Files.getPosixFilePermissions(target));
      try {
        FileOwner.copy(isNew ? folder : target, temporary);
      } catch (FileSystemException refused) {
        if (isNew) {
          Files.setPosixFilePermissions(temporary, FOR_READERS);
        }
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
