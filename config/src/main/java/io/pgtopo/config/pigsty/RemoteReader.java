package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Value;
import io.pgtopo.config.reading.ValueReader;
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
record RemoteReader(ValueReader reader) {
  /** A connection string. The part before the last at sign is a secret. */
  private static final Pattern URL =
      Pattern.compile(
          "postgres(?:ql)?://(?:.*@)?(?<host>\\[[^]]+]|[^:/?@,]+)(?::(?<port>\\d{1,5}))?(?:[,/?].*)?",
          Pattern.DOTALL);

  /** One remote instance. */
  record Remote(String cluster, int seq, Endpoint endpoint, List<Database> databases, Place place) {
    String name() {
      return cluster + "-" + seq;
    }
  }

  /** In order of cluster and number. */
  List<Remote> read(List<Host> hosts) {
    var byName = new TreeMap<String, Remote>();
    Set<Place> seen = new HashSet<>();
    for (var host : hosts) {
      host.find("pg_exporters")
          .filter(found -> seen.add(found.place()))
          .ifPresent(found -> entries(host, found).forEach(it -> addUnlessKnown(byName, it)));
    }
    return List.copyOf(byName.values());
  }

  private void addUnlessKnown(Map<String, Remote> byName, Remote remote) {
    var known = byName.putIfAbsent(remote.name(), remote);
    if (known != null && !known.endpoint().equals(remote.endpoint())) {
      var found =
          "%s at %s and at %s".formatted(remote.name(), known.endpoint(), remote.endpoint());
      var problems = reader.problems();
      problems.within(
          remote.cluster(),
          () ->
              problems.error(Code.REMOTE_DUP, remote.place(), "each remote instance once", found));
    }
  }

  private List<Remote> entries(Host host, Located found) {
    if (!(found.value() instanceof Value.Fields map)) {
      reader
          .problems()
          .refuseKind(Code.STRUCTURE, found, "a map of local ports and remote instances");
      return List.of();
    }
    var remotes = new ArrayList<Remote>();
    for (var port : map.fields().keySet()) {
      found
          .find(port)
          .flatMap(entry -> reader.map(entry, "a map with pg_cluster, pg_seq and pg_host"))
          .ifPresent(
              entry ->
                  reader
                      .problems()
                      .within(
                          reader.textAt(entry, "pg_cluster").orElse("remote instance " + port),
                          () -> remote(host, entry).ifPresent(remotes::add)));
    }
    return remotes;
  }

  private Optional<Remote> remote(Host host, Located entry) {
    FieldNames.REMOTE.check(entry, reader.problems());
    var seqWanted = "a number of 0 or more";
    var cluster =
        required(entry, "pg_cluster", DeclarationReader.CLUSTER_NAME_WANTED)
            .flatMap(found -> DeclarationReader.clusterName(reader, found));
    var seq =
        required(entry, "pg_seq", seqWanted)
            .flatMap(found -> reader.integer(found, 0, 999_999_999, seqWanted));
    var endpoint = endpoint(host, entry);
    if (cluster.isEmpty() || seq.isEmpty() || endpoint.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Remote(cluster.get(), seq.get(), endpoint.get(), databases(entry), entry.place()));
  }

  private List<Database> databases(Located entry) {
    return entry
        .find("pg_databases")
        .filter(list -> list.value() instanceof Value.Items)
        .map(new DatabaseReader(reader, new ObjectFields(reader))::read)
        .orElse(List.of());
  }

  private Optional<Located> required(Located entry, String key, String wanted) {
    return reader.required(entry, key, Code.MISSING_IDENTITY, wanted);
  }

  /** {@code pg_exporter_url} wins over host and port, as it does in Pigsty. */
  private Optional<Endpoint> endpoint(Host host, Located entry) {
    var url = entry.find("pg_exporter_url");
    if (url.isPresent() && url.get().value() instanceof Value.Text text && !text.isTemplate()) {
      var match = URL.matcher(text.value());
      if (match.matches()) {
        var port = Optional.ofNullable(match.group("port")).orElse("" + Endpoint.DEFAULT_PORT);
        return Endpoint.parse(match.group("host") + ":" + port);
      }
    }
    var wanted = "the address of the server";
    var address =
        required(entry, "pg_host", wanted)
            .flatMap(found -> reader.text(found, wanted))
            .filter(text -> !text.isBlank());
    var port =
        reader
            .port(entry.find("pg_port").isPresent() ? entry : host, "pg_port")
            .orElse(Endpoint.DEFAULT_PORT);
    var addresses = new AddressLint(reader.problems());
    address.ifPresent(text -> addresses.checkAddress(text, entry.placeOf("pg_host")));
    return address.map(text -> new Endpoint(text, port));
  }
}
