package io.pgtopo.agent.judge;

import io.pgtopo.config.model.IgnoreRule;
import io.pgtopo.config.model.Maintenance;

/** Whether an open drift counts, and if not, why. */
public sealed interface Standing {

  /** It counts. */
  record Counts() implements Standing {}

  /** It is known and accepted. */
  record Ignored(IgnoreRule rule) implements Standing {}

  /** It is of something that is being worked on. */
  record Suspended(Maintenance maintenance) implements Standing {}
}
