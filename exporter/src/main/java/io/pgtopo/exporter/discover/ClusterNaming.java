package io.pgtopo.exporter.discover;

import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.reading.YamlScalar;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The name of each cluster: given by the user, reported by its servers, or guessed. */
record ClusterNaming(Topology live, Map<Endpoint, String> names) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]+");
  private static final String DELAYED = "-delay";

  /** The name of a cluster; others have taken some. */
  Sourced<String> name(ServerGroup group, Set<String> taken) {
    return given(group)
        .map(Sourced::reported)
        .orElseGet(
            () ->
                switch (group.kind()) {
                  case NAMED -> free(own(group), taken);
                  case DELAYED ->
                      free(
                          Sourced.guessed(
                              own(group).value() + DELAYED,
                              "Pigsty declares a delay only for a standby cluster"),
                          taken);
                });
  }

  private Optional<String> given(ServerGroup group) {
    return group.members().stream()
        .map(LiveInstance::endpoint)
        .filter(names::containsKey)
        .map(at -> String.valueOf(names.get(at)))
        .findFirst();
  }

  private Sourced<String> own(ServerGroup group) {
    if (isUsable(group.label())) {
      return Sourced.reported(group.label());
    }
    var spelled = group.label().replaceAll("[^A-Za-z0-9-]+", "-").replaceAll("^-+|-+$", "");
    if (isUsable(spelled)) {
      return Sourced.guessed(spelled, "cluster_name is " + YamlScalar.of(group.label()));
    }
    return Numbering.commonBase(group.members(), live)
        .filter(ClusterNaming::isUsable)
        .map(base -> Sourced.guessed(base, "from the names that replicas announce"))
        .orElseGet(
            () ->
                Sourced.guessed(
                    "pg-" + group.head().endpoint().host().replaceAll("[^A-Za-z0-9]+", "-"),
                    "no server reports a cluster name; --name sets it"));
  }

  private static boolean isUsable(String name) {
    return NAME.matcher(name).matches() && !name.equals("root");
  }

  private static Sourced<String> free(Sourced<String> wanted, Set<String> taken) {
    if (!taken.contains(wanted.value())) {
      return wanted;
    }
    var number = 2;
    while (taken.contains(wanted.value() + "-" + number)) {
      number++;
    }
    return Sourced.guessed(
        wanted.value() + "-" + number, "another cluster has the name " + wanted.value());
  }
}
