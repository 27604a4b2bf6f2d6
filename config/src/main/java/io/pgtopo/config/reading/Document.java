package io.pgtopo.config.reading;

import java.util.List;

/**
 * What one text says.
 *
 * @param duplicates keys given more than once in one mapping; the last one counts, as in Ansible
 */
public record Document(Value root, List<Flaw> duplicates) {
  public Document {
    duplicates = List.copyOf(duplicates);
  }
}
