package io.pgtopo.exporter;

import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.config.Endpoint;

/** What servers are called: declared ones by their names, others by how they were seen. */
record Names(AddressBook book) {
  /** What a server is called that shows neither an address nor a name. */
  static final String NAMELESS = "?";

  String of(Peer peer) {
    return shown(book.nameOf(peer));
  }

  String of(Endpoint endpoint) {
    return book.nameOf(endpoint);
  }

  /** A name that may be empty, in a form that is never so. */
  static String shown(String name) {
    return name.isEmpty() ? NAMELESS : name;
  }
}
