package io.pgtopo.config.settings;

import java.util.List;
import java.util.Optional;

/** A connection parameter of libpq that is a setting here, and its variable. */
record LibpqParameter(String word, String variable, Setting<?> setting) {
  static final List<LibpqParameter> ALL =
      List.of(
          new LibpqParameter("user", "PGUSER", Setting.CONNECTION_USER),
          new LibpqParameter("dbname", "PGDATABASE", Setting.CONNECTION_DATABASE),
          new LibpqParameter("sslmode", "PGSSLMODE", Setting.CONNECTION_SSLMODE),
          new LibpqParameter("require_auth", "PGREQUIREAUTH", Setting.CONNECTION_REQUIRE_AUTH),
          new LibpqParameter(
              "channel_binding", "PGCHANNELBINDING", Setting.CONNECTION_CHANNEL_BINDING),
          new LibpqParameter("sslrootcert", "PGSSLROOTCERT", Setting.CONNECTION_SSLROOTCERT),
          new LibpqParameter("sslcert", "PGSSLCERT", Setting.CONNECTION_SSLCERT),
          new LibpqParameter("sslkey", "PGSSLKEY", Setting.CONNECTION_SSLKEY));

  static Optional<LibpqParameter> of(String word) {
    return ALL.stream().filter(parameter -> parameter.word.equals(word)).findFirst();
  }
}
