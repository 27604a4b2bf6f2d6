package io.pgtopo.exporter.discover;

import io.pgtopo.agent.observation.RecoverySettings;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The number of each member: from its {@code application_name} or its slot, as Pigsty and Patroni
 * set them, otherwise the next free one.
 */
record Numbering(Topology live, String cluster) {
  private static final String GUESS = "pg_seq";
  private static final Pattern NUMBERED = Pattern.compile("(?<base>.+)[-_](?<number>\\d{1,9})");

  Map<LiveInstance, Sourced<Integer>> of(ServerGroup group) {
    var numbers = new HashMap<LiveInstance, Sourced<Integer>>();
    var taken = new TreeMap<Integer, LiveInstance>();
    for (var member : group.members()) {
      number(member, group.label())
          .filter(number -> taken.putIfAbsent(number, member) == null)
          .ifPresent(number -> numbers.put(member, Sourced.reported(number)));
    }
    var rest =
        group.members().stream()
            .filter(member -> !numbers.containsKey(member))
            .sorted(Comparator.comparing(member -> !member.equals(group.head())));
    rest.forEach(
        member -> {
          var free = free(taken);
          taken.put(free, member);
          numbers.put(member, Sourced.guessed(free, GUESS));
        });
    return numbers;
  }

  private static int free(SortedMap<Integer, LiveInstance> taken) {
    var number = 1;
    while (taken.containsKey(number)) {
      number++;
    }
    return number;
  }

  private Optional<Integer> number(LiveInstance member, String label) {
    return names(member, live)
        .flatMap(name -> Stream.of(cluster, label).flatMap(base -> numberIn(name, base).stream()))
        .findFirst();
  }

  private static Optional<Integer> numberIn(String name, String base) {
    var match = NUMBERED.matcher(name);
    return match.matches() && spelled(match.group("base")).equals(spelled(base))
        ? Optional.of(Integer.valueOf(match.group("number")))
        : Optional.empty();
  }

  /** Slot names have no dashes. */
  private static String spelled(String name) {
    return name.toLowerCase(Locale.ROOT).replace('-', '_');
  }

  /** The names of a server, as reported by itself and by its upstream. */
  private static Stream<String> names(LiveInstance member, Topology live) {
    var link = live.linkTo(member);
    return Stream.of(
            Optional.of(member.facts().identity().clusterName()),
            link.flatMap(ReplicationLink::sender).map(WalSender::applicationName),
            link.flatMap(ReplicationLink::receiver).map(WalReceiver::applicationName),
            member.facts().recovery().ifSeen().flatMap(RecoverySettings::slot))
        .flatMap(Optional::stream);
  }

  /** The base of the numbered names of all members, if it is the same. */
  static Optional<String> commonBase(Collection<LiveInstance> members, Topology live) {
    var bases =
        members.stream()
            .flatMap(member -> names(member, live))
            .map(NUMBERED::matcher)
            .filter(match -> match.matches() && match.group().contains("-"))
            .map(match -> match.group("base"))
            .distinct()
            .toList();
    return bases.size() == 1 ? Optional.of(bases.getFirst()) : Optional.empty();
  }
}
