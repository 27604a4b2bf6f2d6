package io.pgtopo.config.settings;

import io.pgtopo.config.model.Labelled;

/** The format of the log on standard error. */
public enum LogFormat implements Labelled {
  TEXT,
  /** One object of Logback's JSON per line. */
  JSON
}
