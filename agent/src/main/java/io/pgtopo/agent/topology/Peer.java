package io.pgtopo.agent.topology;

import io.pgtopo.config.model.Endpoint;
import java.util.Optional;

/** One end of a replication link. Known ends sort before unknown ones. */
public sealed interface Peer extends Comparable<Peer> {

  /** An endpoint that the agent polls. */
  record Known(Endpoint endpoint) implements Peer {
    @Override
    public String toString() {
      return endpoint.toString();
    }
  }

  /**
   * An end that matches no endpoint that the agent polls.
   *
   * @param address as the other end reports it; empty where that is hidden or a Unix socket
   * @param applicationName empty where none is set
   */
  record Unknown(String address, String applicationName) implements Peer {
    @Override
    public String toString() {
      if (applicationName.isEmpty()) {
        return address;
      }
      return address.isEmpty()
          ? "\"" + applicationName + "\""
          : address + " \"" + applicationName + "\"";
    }
  }

  /** The endpoint, if the agent polls it. */
  default Optional<Endpoint> ifKnown() {
    return this instanceof Known(var endpoint) ? Optional.of(endpoint) : Optional.empty();
  }

  @Override
  default int compareTo(Peer other) {
    return switch (this) {
      case Known(var endpoint) when other instanceof Known(var theirs) ->
          endpoint.compareTo(theirs);
      case Known known -> -1;
      case Unknown unknown when other instanceof Known -> 1;
      case Unknown unknown -> unknown.toString().compareTo(other.toString());
    };
  }
}
