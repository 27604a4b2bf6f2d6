package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.LogicalLink.Publisher;
import io.pgtopo.agent.topology.LogicalLink.Subscriber;
import io.pgtopo.config.model.Endpoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the slot that each subscription receives from, among all servers. A slot belongs to a
 * subscription if it has the name that the subscription wants, its walsender and the apply worker
 * are two ends of one connection, and no other pair explains either as well. Equal names alone
 * prove nothing: copies of one installation have them too.
 */
final class LogicalMatching {
  private static final String PLUGIN_OF_SUBSCRIPTIONS = "pgoutput";

  /** The slot by which a subscription of 14+ copies one table: it goes with the copy. */
  private static final Pattern TABLE_COPY = Pattern.compile("pg_\\d+_sync_\\d+_\\d+");

  /** The same of an older subscription, which begins with its own slot's name and is temporary. */
  private static final Pattern OLDER_TABLE_COPY = Pattern.compile(".+_\\d+_sync_\\d+");

  private final Map<Endpoint, LiveInstance> servers;
  private final Map<String, NavigableSet<Endpoint>> byHost;

  private LogicalMatching(Map<Endpoint, LiveInstance> servers, AddressBook addresses) {
    this.servers = servers;
    this.byHost = addresses.endpointsByHost();
  }

  /**
   * A possible pair of ends.
   *
   * @param isFromHost whether the publisher shows an address of the subscriber as that of its
   *     client
   */
  private record PossiblePair(
      Publisher publisher,
      Subscriber subscriber,
      boolean isFromHost,
      List<ReplicationLink.Evidence> reasons) {}

  /**
   * The logical links between servers, and those of which one end is seen, in order.
   *
   * @param servers each once
   */
  static List<LogicalLink> among(Map<Endpoint, LiveInstance> servers, AddressBook addresses) {
    var publishers = servers.values().stream().flatMap(LogicalMatching::publishers).toList();
    var subscribers = servers.values().stream().flatMap(LogicalMatching::subscribers).toList();
    return publishers.isEmpty() && subscribers.isEmpty()
        ? List.of()
        : new LogicalMatching(servers, addresses).links(publishers, subscribers);
  }

  private static Stream<Publisher> publishers(LiveInstance server) {
    var replication = server.facts().replication();
    return replication.slots().stream()
        .filter(slot -> slot.type() == ReplicationSlot.Type.LOGICAL)
        // A copy serves no client before the standby is promoted.
        .filter(slot -> slot.failover() != ReplicationSlot.Failover.SYNCED)
        .filter(slot -> !isTableCopy(slot))
        .map(
            slot ->
                new Publisher(
                    server.endpoint(),
                    slot,
                    replication.walSenders().stream()
                        .filter(
                            row ->
                                slot.activePid()
                                    .filter(pid -> pid == row.backend().pid())
                                    .isPresent())
                        .findFirst()));
  }

  private static boolean isTableCopy(ReplicationSlot slot) {
    return TABLE_COPY.matcher(slot.name()).matches()
        || (slot.lifetime() == ReplicationSlot.Lifetime.TEMPORARY
            && OLDER_TABLE_COPY.matcher(slot.name()).matches());
  }

  private static Stream<Subscriber> subscribers(LiveInstance server) {
    return server.facts().replication().subscriptions().ifSeen().orElse(List.of()).stream()
        .map(subscription -> new Subscriber(server.endpoint(), subscription));
  }

  private List<LogicalLink> links(List<Publisher> publishers, List<Subscriber> subscribers) {
    var left = possiblePairs(publishers, subscribers);
    var links = new ArrayList<LogicalLink>();
    var taken = new HashSet<Object>();
    // An address outweighs what only fits, and is settled first.
    for (var isFromHost : List.of(true, false)) {
      var these =
          left.stream()
              .filter(it -> it.isFromHost == isFromHost)
              .filter(it -> !taken.contains(it.publisher) && !taken.contains(it.subscriber))
              .toList();
      these.stream()
          .filter(hasNoRivalAmong(these))
          .forEach(
              it -> {
                taken.add(it.publisher);
                taken.add(it.subscriber);
                links.add(
                    new LogicalLink(
                        Optional.of(it.publisher), Optional.of(it.subscriber), it.reasons));
              });
    }
    publishers.stream()
        .filter(it -> !taken.contains(it))
        .map(it -> new LogicalLink(Optional.of(it), Optional.empty(), List.of()))
        .forEach(links::add);
    subscribers.stream()
        .filter(it -> !taken.contains(it))
        .map(it -> new LogicalLink(Optional.empty(), Optional.of(it), List.of()))
        .forEach(links::add);
    return links.stream().sorted().toList();
  }

  private static Predicate<PossiblePair> hasNoRivalAmong(List<PossiblePair> all) {
    var publishers =
        all.stream().collect(Collectors.groupingBy(PossiblePair::publisher, Collectors.counting()));
    var subscribers =
        all.stream()
            .collect(Collectors.groupingBy(PossiblePair::subscriber, Collectors.counting()));
    return it ->
        publishers.getOrDefault(it.publisher, 0L) == 1L
            && subscribers.getOrDefault(it.subscriber, 0L) == 1L;
  }

  private List<PossiblePair> possiblePairs(
      List<Publisher> publishers, List<Subscriber> subscribers) {
    var bySlot =
        publishers.stream()
            .filter(it -> it.slot().decoding().filter(LogicalMatching::mayServe).isPresent())
            .collect(Collectors.groupingBy(it -> it.slot().name()));
    return subscribers.stream()
        .flatMap(
            subscriber ->
                subscriber.subscription().slot().stream()
                    .flatMap(slot -> bySlot.getOrDefault(slot, List.of()).stream())
                    .flatMap(publisher -> possiblePair(publisher, subscriber).stream()))
        .toList();
  }

  /** Whether the apply worker started when the walsender did. */
  private boolean isSameConnection(Publisher publisher, WalSender sender, Subscriber subscriber) {
    var there = Objects.requireNonNull(servers.get(publisher.at())).clock();
    var here = Objects.requireNonNull(servers.get(subscriber.at())).clock();
    return subscriber
        .subscription()
        .worker()
        .filter(
            worker -> LinkMatching.isSameConnection(worker, sender.backend(), here.minus(there)))
        .isPresent();
  }

  private static boolean mayServe(ReplicationSlot.Decoding decoding) {
    return decoding.plugin().equals(PLUGIN_OF_SUBSCRIPTIONS);
  }

  private Optional<PossiblePair> possiblePair(Publisher publisher, Subscriber subscriber) {
    var sender = publisher.sender();
    if (sender.isEmpty() || !isSameConnection(publisher, sender.get(), subscriber)) {
      return Optional.empty();
    }
    var host =
        sender.get().stream()
            .ifSeen()
            .flatMap(WalSender.Stream::clientAddress)
            .map(HostPort::host)
            .filter(address -> !LinkMatching.isAmbiguous(address, publisher.at()));
    var there = host.map(it -> byHost.getOrDefault(it, Collections.emptyNavigableSet()));
    var isFromHost = there.filter(it -> it.contains(subscriber.at())).isPresent();
    var isNamed =
        ApplicationName.isShownAs(sender.get().applicationName(), subscriber.subscription().name());
    var isElsewhere = !isFromHost && there.filter(it -> !it.isEmpty()).isPresent();
    if (isElsewhere || !(isFromHost || isNamed)) {
      return Optional.empty();
    }
    var reasons = new ArrayList<ReplicationLink.Evidence>();
    reasons.add(ReplicationLink.Evidence.SLOT);
    reasons.add(ReplicationLink.Evidence.SAME_START);
    if (isFromHost) {
      reasons.add(ReplicationLink.Evidence.CLIENT_ADDRESS);
    }
    if (isNamed) {
      reasons.add(ReplicationLink.Evidence.APPLICATION_NAME);
    }
    return Optional.of(new PossiblePair(publisher, subscriber, isFromHost, reasons));
  }
}
