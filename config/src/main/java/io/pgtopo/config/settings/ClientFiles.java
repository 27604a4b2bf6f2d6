package io.pgtopo.config.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The files of a login: libpq's {@code passfile}, {@code sslrootcert} and so on. */
public record ClientFiles(
    Optional<String> passwords,
    Optional<String> rootCertificate,
    Optional<String> certificate,
    Optional<String> key) {
  public static final ClientFiles NONE =
      new ClientFiles(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** No such file has more: the driver reads it whole, at each login. */
  static final long MAX_BYTES = 1024 * 1024;

  /** Why the driver shall not read a file; empty if it may, or if there is none yet. */
  static Optional<String> fault(Path file) {
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      if (!Files.isRegularFile(file)) {
        return Optional.of("something else");
      }
      return Files.size(file) > MAX_BYTES
          ? Optional.of("%d bytes".formatted(Files.size(file)))
          : Optional.empty();
    } catch (IOException unreadable) {
      return Optional.of("a file that cannot be read: " + unreadable.getMessage());
    }
  }
}
