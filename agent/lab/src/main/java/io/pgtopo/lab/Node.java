package io.pgtopo.lab;

import java.util.List;

/** The place of one instance: its address, and the words that make a command run there. */
record Node(String address, List<String> prefix) {
  Node {
    prefix = List.copyOf(prefix);
  }
}
