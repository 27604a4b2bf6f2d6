package io.pgtopo.config.settings;

import java.util.Optional;

/** The files of a login: libpq's {@code passfile}, {@code sslrootcert} and so on. */
public record ClientFiles(
    Optional<String> passwords,
    Optional<String> rootCertificate,
    Optional<String> certificate,
    Optional<String> key) {
  public static final ClientFiles NONE =
      new ClientFiles(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
