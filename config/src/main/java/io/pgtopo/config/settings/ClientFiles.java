package io.pgtopo.config.settings;

import java.util.Optional;

/**
 * Files that a login needs; libpq's {@code passfile}, {@code sslrootcert}, {@code sslcert}, {@code
 * sslkey}.
 *
 * @param passwords empty if there is none, or none that may be used
 */
public record ClientFiles(
    Optional<String> passwords,
    Optional<String> rootCertificate,
    Optional<String> certificate,
    Optional<String> key) {
  /** No file at all. */
  public static final ClientFiles NONE =
      new ClientFiles(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
