package io.pgtopo.lab;

import java.util.List;

/** Where an instance runs: its address, and the prefix of a command that runs there. */
record LabNode(String address, List<String> prefix) {
  LabNode {
    prefix = List.copyOf(prefix);
  }
}
