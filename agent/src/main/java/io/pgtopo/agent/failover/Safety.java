package io.pgtopo.agent.failover;

import io.pgtopo.config.model.Labelled;
import java.util.Collection;

/** Whether something is safe. Its label is an API value. */
public enum Safety implements Labelled {
  YES,
  NO,
  /** Something that decides is not known. */
  UNKNOWN;

  /** The answer that follows from several: what is known to be unsafe stays so. */
  public static Safety worst(Collection<Safety> answers) {
    if (answers.contains(NO)) {
      return NO;
    }
    return answers.contains(UNKNOWN) ? UNKNOWN : YES;
  }
}
