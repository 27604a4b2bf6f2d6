package io.pgtopo.exporter.view;

import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import java.util.Optional;

/** What servers are called: declared ones by their names, others by how they were seen. */
public record DisplayNames(AddressBook book) {
  /** What a server is called that shows neither an address nor a name. */
  static final String NAMELESS = "?";

  public String of(Peer peer) {
    return shown(book.nameOf(peer));
  }

  public String of(Endpoint endpoint) {
    return book.nameOf(endpoint);
  }

  /** The upstream that an instance declares; empty if it declares none of its own. */
  public Optional<String> upstreamOf(Instance instance) {
    return switch (instance.upstream()) {
      case DeclaredUpstream.None none -> Optional.empty();
      case DeclaredUpstream.ClusterLeader leader -> Optional.empty();
      case DeclaredUpstream.Member(var endpoint) -> Optional.of(of(endpoint));
      case DeclaredUpstream.Outside(var endpoint) -> Optional.of(of(endpoint));
    };
  }

  /** A name that may be empty, in a form that is never so. */
  public static String shown(String name) {
    return name.isEmpty() ? NAMELESS : name;
  }
}
