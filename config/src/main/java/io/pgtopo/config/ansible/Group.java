package io.pgtopo.config.ansible;

import io.pgtopo.config.reading.Located;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An Ansible group while the inventories are read.
 *
 * @param parents by name
 * @param variables given in inventory files
 * @param directoryVariables given in {@code group_vars}, which win
 */
record Group(
    String name,
    SortedMap<String, Group> parents,
    Map<String, Located> variables,
    Map<String, Located> directoryVariables) {

  static final String ALL = "all";

  /** Has the hosts that are in no other group. */
  static final String UNGROUPED = "ungrouped";

  static final String PRIORITY = "ansible_group_priority";

  Group(String name) {
    this(name, new TreeMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
  }
}
