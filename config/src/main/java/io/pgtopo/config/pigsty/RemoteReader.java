package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.reading.Expected;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.Value;
import io.pgtopo.config.reading.ValueKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads the remote instances of {@code pg_exporters}. The map is usually a variable of the infra
 * group and then inherited by each of its hosts: equal entries are one instance.
 */
final class RemoteReader {
  /** A connection string: what stands before the last at sign is never shown. */
  private static final Pattern URL =
      Pattern.compile(
          "postgres(?:ql)?://(?:.*@)?(?<host>\\[[^]]+]|[^:/?@,]+)(?::(?<port>\\d{1,5}))?(?:[,/?].*)?",
          Pattern.DOTALL);

  private final Problems problems;
  private final Expected expected;

  /** One remote instance. */
  record Remote(String cluster, int seq, Endpoint endpoint, List<Database> databases, Place place) {
    String name() {
      return cluster + "-" + seq;
    }
  }

  RemoteReader(Problems problems) {
    this.problems = problems;
    this.expected = new Expected(problems);
  }

  /** In order of cluster and number. */
  List<Remote> read(List<Host> hosts) {
    var byName = new TreeMap<String, Remote>();
    Set<Place> seen = new HashSet<>();
    for (var host : hosts) {
      host.find("pg_exporters")
          .filter(found -> seen.add(found.place()))
          .ifPresent(
              found -> entries(host, found).forEach(remote -> addUnlessKnown(byName, remote)));
    }
    return List.copyOf(byName.values());
  }

  private void addUnlessKnown(Map<String, Remote> byName, Remote remote) {
    var known = byName.putIfAbsent(remote.name(), remote);
    if (known != null && !known.endpoint().equals(remote.endpoint())) {
      problems.error(
          Code.REMOTE_DUP,
          remote.place(),
          "wanted each remote instance once. Found: %s at %s and at %s"
              .formatted(remote.name(), known.endpoint(), remote.endpoint()));
    }
  }

  private List<Remote> entries(Host host, Located found) {
    var remotes = new ArrayList<Remote>();
    if (!(found.value() instanceof Value.Fields map)) {
      problems.error(
          Code.STRUCTURE,
          found.place(),
          "wanted a map of local ports and remote instances. Found: "
              + ValueKind.of(found.value()));
      return remotes;
    }
    for (var port : map.fields().keySet()) {
      found
          .find(port)
          .flatMap(entry -> expected.map(entry, "a map with pg_cluster, pg_seq and pg_host"))
          .flatMap(entry -> remote(host, entry))
          .ifPresent(remotes::add);
    }
    return remotes;
  }

  private Optional<Remote> remote(Host host, Located entry) {
    var cluster =
        required(entry, "pg_cluster", DeclarationReader.CLUSTER_NAME_WANTED)
            .flatMap(found -> clusterName(found));
    var seq =
        required(entry, "pg_seq", "a number of 0 or more")
            .flatMap(found -> expected.integer(found, 0, 999_999_999, "a number of 0 or more"));
    var endpoint = endpoint(host, entry);
    if (cluster.isEmpty() || seq.isEmpty() || endpoint.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Remote(
            cluster.get(),
            seq.get(),
            endpoint.get(),
            new DatabaseReader(problems).ofRemote(entry),
            entry.place()));
  }

  private Optional<String> clusterName(Located found) {
    return expected
        .text(found, DeclarationReader.CLUSTER_NAME_WANTED)
        .filter(
            name -> {
              var isGood = DeclarationReader.CLUSTER_NAME.matcher(name).matches();
              if (!isGood) {
                problems.error(
                    Code.BAD_NAME,
                    found.place(),
                    "wanted "
                        + DeclarationReader.CLUSTER_NAME_WANTED
                        + ". Found: "
                        + found.value().description());
              }
              return isGood;
            });
  }

  private Optional<Located> required(Located entry, String key, String wanted) {
    var found = entry.find(key);
    if (found.isEmpty()) {
      problems.error(
          Code.MISSING_IDENTITY,
          entry.place().child(key, entry.place().line()),
          "wanted " + wanted + ". Found: nothing");
    }
    return found;
  }

  /** {@code pg_exporter_url} wins over host and port, as it does in Pigsty. */
  private Optional<Endpoint> endpoint(Host host, Located entry) {
    var url = entry.find("pg_exporter_url");
    if (url.isPresent() && url.get().value() instanceof Value.Text text && !text.isTemplate()) {
      var match = URL.matcher(text.value());
      if (match.matches()) {
        return ofUrl(match.group("host"), match.group("port"));
      }
    }
    var address =
        required(entry, "pg_host", "the address of the server")
            .flatMap(found -> expected.text(found, "the address of the server"))
            .filter(text -> !text.isBlank());
    var port =
        entry
            .find("pg_port")
            .or(() -> host.find("pg_port"))
            .flatMap(found -> expected.integer(found, 1, 65_535, "a port, 1 to 65535"))
            .orElse(Endpoint.DEFAULT_PORT);
    return address.map(text -> new Endpoint(text, port));
  }

  private static Optional<Endpoint> ofUrl(
      String host, @org.jspecify.annotations.Nullable String port) {
    var number = port == null ? Endpoint.DEFAULT_PORT : Integer.parseInt(port);
    var bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return number < 1 || number > 65_535
        ? Optional.empty()
        : Optional.of(new Endpoint(bare, number));
  }
}
