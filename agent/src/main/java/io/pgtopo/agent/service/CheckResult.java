package io.pgtopo.agent.service;

import io.pgtopo.config.model.Labelled;

/** Whether a server passes a health check. Its label is an API value. */
public enum CheckResult implements Labelled {
  PASSES,
  FAILS,
  UNKNOWN
}
