package io.pgtopo.exporter.view;

import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A cluster as it replicates: who is below whom. Links that form a circle are cut where they meet
 * themselves.
 *
 * @param trees primaries first, then whoever has somebody below; by name
 * @param apart members that no link joins to anybody, by name
 */
public record Forest(List<Tree> trees, List<Tree> apart) {

  /**
   * A server and who follows it.
   *
   * @param link through which it receives WAL; empty at the top
   */
  public record Tree(Peer peer, Optional<ReplicationLink> link, Place place, List<Tree> below) {}

  /** Whether a server stands here, or only a pointer to where it stands. */
  public enum Place {
    HERE,
    ELSEWHERE
  }

  public static Forest of(ClusterView view, DisplayNames names) {
    return new Growing(view, names).grow();
  }

  private static final class Growing {
    private final ClusterView view;
    private final DisplayNames names;
    private final Map<Peer, List<ReplicationLink>> links = new TreeMap<>();
    private final Set<Peer> followers = new HashSet<>();
    private final Set<Peer> placed = new HashSet<>();

    Growing(ClusterView view, DisplayNames names) {
      this.view = view;
      this.names = names;
      for (var link : view.links()) {
        links.computeIfAbsent(link.upstream(), unused -> new ArrayList<>()).add(link);
        followers.add(link.downstream());
      }
    }

    Forest grow() {
      var trees = new ArrayList<Tree>();
      roots().forEach(root -> plant(root, trees));
      // What is left with links follows itself in a circle: it is cut at its first name.
      links.keySet().stream().sorted(byName()).forEach(root -> plant(root, trees));
      var apart = new ArrayList<Tree>();
      members().stream().sorted(byName()).forEach(member -> plant(member, apart));
      return new Forest(trees, apart);
    }

    private List<Peer> roots() {
      var roots = new ArrayList<Peer>();
      members().stream().filter(this::isPrimary).sorted(byName()).forEach(roots::add);
      links.keySet().stream()
          .filter(peer -> !followers.contains(peer) && !roots.contains(peer))
          .sorted(byName())
          .forEach(roots::add);
      return roots;
    }

    private Set<Peer> members() {
      var members = new TreeSet<Peer>();
      view.members().forEach(member -> members.add(new Peer.Known(member.declared().endpoint())));
      view.undeclared().stream()
          .filter(found -> found.live().isPresent())
          .forEach(found -> members.add(found.peer()));
      return members;
    }

    private boolean isPrimary(Peer peer) {
      return peer instanceof Peer.Known(var endpoint)
          && view.at(endpoint)
              .flatMap(InstanceView::live)
              .or(() -> view.undeclaredAt(endpoint))
              .filter(it -> it.role() == LiveRole.PRIMARY)
              .isPresent();
    }

    private void plant(Peer root, List<Tree> into) {
      if (placed.add(root)) {
        into.add(new Tree(root, Optional.empty(), Place.HERE, below(root)));
      }
    }

    private List<Tree> below(Peer upstream) {
      return links.getOrDefault(upstream, List.of()).stream()
          .sorted(Comparator.comparing(ReplicationLink::downstream, byName()))
          .map(this::tree)
          .toList();
    }

    private Tree tree(ReplicationLink link) {
      var downstream = link.downstream();
      if (downstream instanceof Peer.Unknown) {
        // Strangers may look alike and be several.
        return new Tree(downstream, Optional.of(link), Place.HERE, List.of());
      }
      return placed.add(downstream)
          ? new Tree(downstream, Optional.of(link), Place.HERE, below(downstream))
          : new Tree(downstream, Optional.of(link), Place.ELSEWHERE, List.of());
    }

    private Comparator<Peer> byName() {
      return Comparator.<Peer, Boolean>comparing(Peer.Unknown.class::isInstance)
          .thenComparing(names::of)
          .thenComparing(Comparator.naturalOrder());
    }
  }
}
