package io.pgtopo.config.reading;

import java.util.List;

/**
 * What one YAML text holds.
 *
 * @param duplicates keys that one mapping has more than once; the last one counts, as in Ansible
 */
public record YamlDocument(Value root, List<Duplicate> duplicates) {

  /**
   * The repetition of a key.
   *
   * @param path within the document, such as {@code all.vars.pg_version}
   */
  public record Duplicate(String path, int line, int earlierLine) {}

  public YamlDocument {
    duplicates = List.copyOf(duplicates);
  }
}
