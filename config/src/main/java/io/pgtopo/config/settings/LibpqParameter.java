package io.pgtopo.config.settings;

import java.util.Arrays;
import java.util.Optional;

/** A connection parameter of libpq that is a setting here, and its variable. */
enum LibpqParameter {
  USER("user", "PGUSER", Setting.CONNECTION_USER),
  DATABASE("dbname", "PGDATABASE", Setting.CONNECTION_DATABASE),
  SSLMODE("sslmode", "PGSSLMODE", Setting.CONNECTION_SSLMODE),
  SSLROOTCERT("sslrootcert", "PGSSLROOTCERT", Setting.CONNECTION_SSLROOTCERT),
  SSLCERT("sslcert", "PGSSLCERT", Setting.CONNECTION_SSLCERT),
  SSLKEY("sslkey", "PGSSLKEY", Setting.CONNECTION_SSLKEY);

  private final String word;
  private final String variable;
  private final Setting<?> setting;

  LibpqParameter(String word, String variable, Setting<?> setting) {
    this.word = word;
    this.variable = variable;
    this.setting = setting;
  }

  static Optional<LibpqParameter> of(String word) {
    return Arrays.stream(values()).filter(parameter -> parameter.word.equals(word)).findFirst();
  }

  String word() {
    return word;
  }

  String variable() {
    return variable;
  }

  Setting<?> setting() {
    return setting;
  }
}
