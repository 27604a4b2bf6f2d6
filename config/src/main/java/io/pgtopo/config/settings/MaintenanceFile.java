package io.pgtopo.config.settings;

import io.pgtopo.config.model.Maintenance;
import io.pgtopo.config.reading.YamlScalar;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A file of maintenance that commands write. */
public record MaintenanceFile(Path path, List<Maintenance> entries) {
  private static final String HEADING =
      "# Maintenance. Written by 'pgtopo maintenance', and read before each cycle.\n";

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

  /** Replaces the file atomically. */
  public void write() throws IOException {
    var target = path.toAbsolutePath();
    var temporary = Files.createTempFile(target.getParent(), "." + target.getFileName(), ".new");
    try {
      Files.writeString(temporary, text(), StandardCharsets.UTF_8);
      Files.setPosixFilePermissions(
          temporary,
          Files.exists(target)
              ? Files.getPosixFilePermissions(target)
              : PosixFilePermissions.fromString("rw-r--r--"));
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
