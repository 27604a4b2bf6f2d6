package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Backend;
import io.pgtopo.agent.observation.ClockOffset;
import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the walsender for each walreceiver of a cluster, and the standby or client of the
 * walsenders that are left.
 */
final class LinkMatching {
  /** The application_name of a walreceiver that sets neither it nor cluster_name. */
  private static final String DEFAULT_NAME = "walreceiver";

  /** Both ends of one connection start milliseconds apart; the rest is for a busy machine. */
  private static final Duration SAME_START = Duration.ofSeconds(2);

  private final AddressBook addresses;
  private final SortedMap<Endpoint, InstanceFacts> reachable;
  private final Map<Endpoint, ClockOffset> clocks;
  private final LastKnown memory;
  private final Map<String, Endpoint> byName;
  private final Map<String, NavigableSet<Endpoint>> byHost;

  LinkMatching(
      AddressBook addresses,
      SortedMap<Endpoint, InstanceFacts> reachable,
      Map<Endpoint, ClockOffset> clocks,
      LastKnown memory) {
    this.addresses = addresses;
    this.reachable = reachable;
    this.clocks = clocks;
    this.memory = memory;
    this.byName = addresses.endpointsByName();
    this.byHost = addresses.endpointsByHost();
  }

  private record Sender(Endpoint at, WalSender row, Optional<ReplicationSlot> slot) {}

  private record Receiver(Endpoint at, WalReceiver row, Optional<Endpoint> upstream) {}

  /** A possible pair of ends; the lowest doubt, then the nearest start, wins. */
  private record Pair(Receiver receiver, Sender sender, int doubt, Duration apart)
      implements Comparable<Pair> {
    private static final Comparator<Pair> ORDER =
        Comparator.comparingInt(Pair::doubt)
            .thenComparing(Pair::apart)
            .thenComparing(pair -> pair.receiver.at())
            .thenComparing(pair -> pair.sender.at())
            .thenComparingInt(pair -> pair.sender.row().backend().pid());

    @Override
    public int compareTo(Pair other) {
      return ORDER.compare(this, other);
    }
  }

  /** The links between the members of one cluster, and with unknown peers, in order. */
  List<ReplicationLink> linksOf(SortedMap<Endpoint, InstanceFacts> members) {
    var senders = sendersOf(members);
    var receivers = receiversOf(members);
    var links = new ArrayList<ReplicationLink>();
    var taken = new HashSet<Sender>();
    var matched = new HashSet<Receiver>();

    for (var pair : pairs(receivers, senders)) {
      if (!taken.contains(pair.sender) && !matched.contains(pair.receiver)) {
        taken.add(pair.sender);
        matched.add(pair.receiver);
        links.add(
            new ReplicationLink(
                new Peer.Known(pair.sender.at()),
                new Peer.Known(pair.receiver.at()),
                Optional.of(pair.sender.row()),
                Optional.of(pair.receiver.row()),
                reasons(pair)));
      }
    }
    receivers.stream()
        .filter(receiver -> !matched.contains(receiver))
        .flatMap(receiver -> downstreamOnly(receiver).stream())
        .forEach(links::add);
    var identified = new HashSet<Endpoint>();
    senders.stream()
        .filter(sender -> !taken.contains(sender) && claimsLink(sender))
        .filter(sender -> !isLingering(sender, links))
        .map(sender -> upstreamOnly(sender, members.keySet(), identified))
        .forEach(links::add);
    return links.stream().sorted().toList();
  }

  private static List<Sender> sendersOf(SortedMap<Endpoint, InstanceFacts> members) {
    var senders = new ArrayList<Sender>();
    members.forEach(
        (endpoint, facts) ->
            facts.replication().walSenders().stream()
                .map(row -> new Sender(endpoint, row, facts.replication().slotOf(row)))
                .filter(LinkMatching::mayServeStandby)
                .forEach(senders::add));
    return senders;
  }

  private static boolean mayServeStandby(Sender sender) {
    return switch (ReplicationClient.kindOf(sender.row, sender.slot)) {
      case STANDBY, TRANSIENT, UNKNOWN -> true;
      case BASE_BACKUP, WAL_ARCHIVER, LOGICAL, REWIND -> false;
    };
  }

  /** A walsender that starts or stops proves no link by itself: a failing client looks the same. */
  private static boolean claimsLink(Sender sender) {
    return switch (sender.row.stream()) {
      case Reading.Denied<WalSender.Stream> denied -> true;
      case Reading.Seen<WalSender.Stream>(var stream) ->
          stream.state() == WalSender.State.STREAMING || stream.state() == WalSender.State.CATCHUP;
    };
  }

  /**
   * Whether a walsender is what is left of an earlier connection of a standby that it names or that
   * it connected from. A server keeps it until {@code wal_sender_timeout}. The reply time is by the
   * standby's clock, and so are the two times that it is compared with.
   */
  private boolean isLingering(Sender sender, List<ReplicationLink> links) {
    var standby = identify(sender).filter(endpoint -> !endpoint.equals(sender.at));
    var facts = standby.flatMap(endpoint -> Optional.ofNullable(reachable.get(endpoint)));
    if (facts.isEmpty()
        || (facts.get().state() instanceof ServerState.InRecovery recovery
            && recovery.receiver() instanceof Reading.Denied)) {
      return false;
    }
    var receiver = facts.get().walReceiver();
    var since =
        receiver.isPresent()
            ? receiver.get().backend().startedAt()
            : Optional.of(facts.get().time().now());
    var reply = sender.row.stream().ifSeen().flatMap(WalSender.Stream::replyTime);
    return reply.isPresent()
        ? since.filter(reply.get()::isBefore).isPresent()
        : receiver.isPresent() && isOlder(sender, standby.get(), links);
  }

  /** Whether the same upstream has a walsender for the standby that started later. */
  private static boolean isOlder(Sender sender, Endpoint standby, List<ReplicationLink> links) {
    return links.stream()
        .filter(link -> link.upstream().equals(new Peer.Known(sender.at)))
        .filter(link -> link.downstream().equals(new Peer.Known(standby)))
        .flatMap(link -> link.sender().stream())
        .flatMap(row -> row.backend().startedAt().stream())
        .anyMatch(
            later -> sender.row.backend().startedAt().filter(it -> it.isBefore(later)).isPresent());
  }

  private List<Receiver> receiversOf(SortedMap<Endpoint, InstanceFacts> members) {
    var receivers = new ArrayList<Receiver>();
    members.forEach(
        (endpoint, facts) ->
            facts
                .walReceiver()
                .map(row -> new Receiver(endpoint, row, row.upstream().flatMap(addresses::at)))
                .filter(receiver -> !isForeign(receiver, members))
                .ifPresent(receivers::add));
    return receivers;
  }

  private boolean isForeign(Receiver receiver, SortedMap<Endpoint, InstanceFacts> members) {
    return receiver
        .upstream
        .filter(endpoint -> reachable.containsKey(endpoint) && !members.containsKey(endpoint))
        .isPresent();
  }

  private List<Pair> pairs(List<Receiver> receivers, List<Sender> senders) {
    var sendersAt = senders.stream().collect(Collectors.groupingBy(Sender::at));
    return receivers.stream()
        .flatMap(
            receiver ->
                receiver
                    .upstream
                    .map(endpoint -> pairsOf(receiver, sendersAt.getOrDefault(endpoint, List.of())))
                    .orElseGet(
                        () ->
                            pairsOf(receiver, senders)
                                .filter(pair -> !pair.sender.at.equals(receiver.at))
                                .filter(pair -> isSameConnection(pair) || wasProven(pair))))
        .sorted()
        .toList();
  }

  private Stream<Pair> pairsOf(Receiver receiver, List<Sender> senders) {
    return senders.stream()
        .filter(
            sender ->
                ApplicationName.isShownAs(
                    sender.row.applicationName(), applicationName(receiver.row)))
        .filter(sender -> slotsAgree(receiver, sender))
        .map(sender -> pair(receiver, sender));
  }

  /** An upstream with an unknown address is recognised by the start of the connection. */
  private static boolean isSameConnection(Pair pair) {
    return pair.apart.compareTo(SAME_START) <= 0;
  }

  private boolean wasProven(Pair pair) {
    return memory.upstream(pair.receiver.at, pair.receiver.row).equals(Optional.of(pair.sender.at));
  }

  private static String applicationName(WalReceiver row) {
    return row.applicationName().isEmpty() ? DEFAULT_NAME : row.applicationName();
  }

  private static boolean slotsAgree(Receiver receiver, Sender sender) {
    var used = sender.slot.map(ReplicationSlot::name);
    // A walsender acquires its slot a moment after it starts.
    return used.isEmpty() || used.equals(receiver.row.slot());
  }

  private Pair pair(Receiver receiver, Sender sender) {
    return new Pair(receiver, sender, doubt(receiver, sender), apart(receiver, sender));
  }

  private int doubt(Receiver receiver, Sender sender) {
    var address = clientHost(sender.row);
    if (address.isEmpty() || isAmbiguous(address.get(), sender.at)) {
      return 1;
    }
    return isOnHost(receiver.at, address.get()) ? 0 : 2;
  }

  /** By how much the starts of two processes differ at least, apart from their servers' clocks. */
  private Duration apart(Receiver receiver, Sender sender) {
    return apart(
        receiver.row.backend(),
        sender.row.backend(),
        clockOf(receiver.at).minus(clockOf(sender.at)));
  }

  /** Whether two processes may be the ends of one connection, by when they started. */
  static boolean isSameConnection(Backend receiver, Backend sender, ClockOffset clock) {
    return apart(receiver, sender, clock).compareTo(SAME_START) <= 0;
  }

  private static Duration apart(Backend receiver, Backend sender, ClockOffset clock) {
    var one = receiver.startedAt();
    var other = sender.startedAt();
    if (one.isEmpty() || other.isEmpty()) {
      return Duration.ofDays(365_000);
    }
    var difference = Duration.between(other.get(), one.get());
    return Stream.of(clock.least().minus(difference), difference.minus(clock.most()), Duration.ZERO)
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  private ClockOffset clockOf(Endpoint server) {
    return Objects.requireNonNull(clocks.get(server));
  }

  private Optional<ReplicationLink> downstreamOnly(Receiver receiver) {
    return receiver
        .row
        .upstream()
        .map(
            address ->
                new ReplicationLink(
                    memory
                        .upstream(receiver.at, receiver.row)
                        .filter(proven -> receiver.upstream.isEmpty())
                        .<Peer>map(Peer.Known::new)
                        .orElseGet(() -> addresses.peerAt(address)),
                    new Peer.Known(receiver.at),
                    Optional.empty(),
                    Optional.of(receiver.row),
                    List.of(ReplicationLink.Evidence.UPSTREAM_ADDRESS)));
  }

  private List<ReplicationLink.Evidence> reasons(Pair pair) {
    var reasons = new ArrayList<ReplicationLink.Evidence>();
    reasons.add(ReplicationLink.Evidence.APPLICATION_NAME);
    if (pair.receiver.upstream.isPresent()) {
      reasons.add(ReplicationLink.Evidence.UPSTREAM_ADDRESS);
    }
    if (pair.doubt == 0) {
      reasons.add(ReplicationLink.Evidence.CLIENT_ADDRESS);
    }
    if (pair.sender.slot.isPresent()) {
      reasons.add(ReplicationLink.Evidence.SLOT);
    }
    if (isSameConnection(pair)) {
      reasons.add(ReplicationLink.Evidence.SAME_START);
    }
    return reasons;
  }

  private ReplicationLink upstreamOnly(
      Sender sender, Set<Endpoint> members, Set<Endpoint> identified) {
    var downstream =
        identify(sender)
            .filter(endpoint -> !endpoint.equals(sender.at))
            .filter(endpoint -> mayBeDownstream(endpoint, members))
            .filter(identified::add)
            .<Peer>map(Peer.Known::new)
            .orElseGet(
                () ->
                    new Peer.Unknown(
                        clientHost(sender.row).orElse(""), sender.row.applicationName()));
    return new ReplicationLink(
        new Peer.Known(sender.at),
        downstream,
        Optional.of(sender.row),
        Optional.empty(),
        downstream instanceof Peer.Known(var endpoint) ? reasons(sender, endpoint) : List.of());
  }

  private List<ReplicationLink.Evidence> reasons(Sender sender, Endpoint downstream) {
    var reasons = new ArrayList<ReplicationLink.Evidence>();
    if (Optional.of(downstream).equals(named(sender))) {
      reasons.add(ReplicationLink.Evidence.APPLICATION_NAME);
    }
    if (clientHost(sender.row).filter(host -> isOnHost(downstream, host)).isPresent()) {
      reasons.add(ReplicationLink.Evidence.CLIENT_ADDRESS);
    }
    return reasons;
  }

  private boolean isOnHost(Endpoint endpoint, String host) {
    return byHost.getOrDefault(host, Collections.emptyNavigableSet()).contains(endpoint);
  }

  private Optional<Endpoint> named(Sender sender) {
    return Optional.ofNullable(byName.get(sender.row.applicationName()));
  }

  /**
   * The standby that a walsender reports: by name unless the address contradicts it, or by address.
   */
  private Optional<Endpoint> identify(Sender sender) {
    var named = named(sender);
    var host = clientHost(sender.row).filter(address -> !isAmbiguous(address, sender.at));
    if (host.isEmpty()) {
      return named;
    }
    var onHost = byHost.getOrDefault(host.get(), Collections.emptyNavigableSet());
    if (named.isPresent()) {
      return onHost.isEmpty() ? named : named.filter(onHost::contains);
    }
    return onHost.size() == 1 ? Optional.of(onHost.getFirst()) : Optional.empty();
  }

  /** Whether what an endpoint reports allows that it follows an upstream of these members. */
  private boolean mayBeDownstream(Endpoint endpoint, Set<Endpoint> members) {
    var facts = reachable.get(endpoint);
    if (facts == null) {
      return true;
    }
    return facts.state() instanceof ServerState.InRecovery
        && facts.walReceiver().isEmpty()
        && members.contains(endpoint);
  }

  private static Optional<String> clientHost(WalSender row) {
    return row.stream().ifSeen().flatMap(WalSender.Stream::clientAddress).map(HostPort::host);
  }

  /**
   * Whether an address does not identify the client: loopback, or the upstream's own, which the
   * kernel chooses for a client on the same host.
   */
  static boolean isAmbiguous(String host, Endpoint upstream) {
    return IpAddress.isLoopback(host) || host.equals(upstream.host());
  }
}
