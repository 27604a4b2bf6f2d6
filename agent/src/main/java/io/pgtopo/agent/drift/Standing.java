package io.pgtopo.agent.drift;

import io.pgtopo.config.IgnoreRule;
import io.pgtopo.config.Maintenance;

/** Whether an open drift counts, and if not, by whose word. */
public sealed interface Standing {

  /** It counts. */
  record Counts() implements Standing {}

  /** It is known and accepted. */
  record Ignored(IgnoreRule rule) implements Standing {}

  /** It is of something that is being worked on. */
  record Suspended(Maintenance maintenance) implements Standing {}
}
