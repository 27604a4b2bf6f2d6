package io.pgtopo.agent.drift;

import io.pgtopo.agent.topology.LiveInstance;
import java.util.List;

/**
 * What is there and what is declared of one database or role: missing, undeclared, or different.
 *
 * @param subject the object; the cluster if there are too many to be named one by one
 * @param differences field by field, at least one
 * @param witness the primary that said what is there
 */
public record ObjectDrift(
    DriftKind kind, Subject subject, List<Difference> differences, LiveInstance witness)
    implements Drift {

  public ObjectDrift {
    differences = List.copyOf(differences);
  }
}
