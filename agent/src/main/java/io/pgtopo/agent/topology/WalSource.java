package io.pgtopo.agent.topology;

import io.pgtopo.config.model.Endpoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The origin of the WAL that an instance receives: the last server on its path of upstreams. */
public sealed interface WalSource {

  /** A primary that answered; an instance in production is its own. */
  record Primary(Endpoint primary) implements WalSource {}

  /** The path ends at a standby without an upstream. */
  record Broken(Endpoint head) implements WalSource {}

  /**
   * The path ends in standbys that follow each other.
   *
   * @param members each follows the next one, and the last one the first; starts with the smallest
   */
  record Loop(List<Endpoint> members) implements WalSource {
    public Loop {
      members = List.copyOf(members);
    }
  }

  /** The path leaves the polled servers, as in a standby cluster whose upstream is elsewhere. */
  record Outside(Peer upstream) implements WalSource {}

  /** A server on the path did not answer, or hides its upstream. */
  record Unknown(Endpoint at) implements WalSource {}

  /** The origin for an endpoint, which may be one that did not answer. */
  static WalSource of(Endpoint endpoint, Topology live) {
    var path = new ArrayList<Endpoint>();
    var at = endpoint;
    while (!path.contains(at)) {
      path.add(at);
      var instance = live.at(at);
      if (instance.isEmpty()) {
        return new Unknown(at);
      }
      switch (instance.get().upstream()) {
        case LiveUpstream.NotNeeded notNeeded -> {
          return new Primary(at);
        }
        case LiveUpstream.Detached detached -> {
          return new Broken(at);
        }
        case LiveUpstream.Foreign foreign -> {
          return new Broken(at);
        }
        case LiveUpstream.Hidden hidden -> {
          return new Unknown(at);
        }
        case LiveUpstream.Follows(Peer.Unknown unknown) -> {
          return new Outside(unknown);
        }
        case LiveUpstream.Follows(Peer.Known(var upstream)) -> at = upstream;
      }
    }
    return loop(path.subList(path.indexOf(at), path.size()));
  }

  private static Loop loop(List<Endpoint> members) {
    var rotated = new ArrayList<>(members);
    Collections.rotate(rotated, -rotated.indexOf(Collections.min(rotated)));
    return new Loop(rotated);
  }
}
