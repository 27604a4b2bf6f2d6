package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.model.Cluster.ManagerApi;
import io.pgtopo.config.model.Cluster.Traits;
import io.pgtopo.config.model.Cluster.Vip;
import io.pgtopo.config.model.IpAddress;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Suggestion;
import io.pgtopo.config.reading.ValueReader;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads what is declared of a cluster as a whole.
 *
 * @param members the addresses of all declared instances
 * @param names those of all clusters, and of what {@code haproxy_services} declares
 */
record TraitsReader(ValueReader reader, Set<String> members, NavigableSet<String> names) {
  private static final Pattern VIP =
      Pattern.compile("(?<address>[0-9a-fA-F:.]+)/(?<bits>\\d{1,3})");
  private static final int DEFAULT_PATRONI_PORT = 8008;
  private static final String VIP_WANTED =
      "a free address and its prefix length, such as 10.10.10.2/24";
  private static final Set<String> MODES =
      Set.of(
          "pgsql", "citus", "mssql", "mysql", "ivory", "pgtde", "polar", "gpsql", "agens", "oriole",
          "pgedge", "oracle");

  Traits read(Declaration reference) {
    var host = reference.host();
    var defaults = Traits.of(reference.cluster());
    var mode = reader.textAt(host, "pg_mode").orElse(defaults.mode());
    if (!MODES.contains(mode)) {
      var meant = Suggestion.question(mode, MODES);
      var found = "\"%s\"; it is taken as pgsql%s".formatted(mode, meant);
      var wanted = "one of Pigsty's modes, such as pgsql or citus";
      if (meant.isEmpty()) {
        reader.problems().warn(Code.BAD_VALUE, host.placeOf("pg_mode"), wanted, found);
      } else {
        reader.problems().fault(Code.BAD_VALUE, host.placeOf("pg_mode"), wanted, found);
      }
    }
    var shard = reader.textAt(host, "pg_shard");
    var group = reader.integer(host, "pg_group", 0, Integer.MAX_VALUE, "a number, 0 or more");
    if (mode.equals("citus") && (shard.isEmpty() || group.isEmpty())) {
      reader
          .problems()
          .warn(
              Code.CITUS_MISSING_SHARD,
              host.placeOf(shard.isEmpty() ? "pg_shard" : "pg_group"),
              "pg_shard and pg_group for the citus cluster " + reference.cluster(),
              "only one of them or none; it is taken as the coordinator of its own shard");
    }
    var vip = vip(host);
    return new Traits(
        shard.orElse(defaults.shard()),
        group.orElse(defaults.group()),
        mode,
        reader.integer(host, "pg_version", 1, 999, "a major version such as 17"),
        vip,
        manager(host),
        taken(reference.cluster() + "-"),
        reader.integer(host, "pg_rpo", 0, Integer.MAX_VALUE, "bytes of WAL, 0 or more"),
        vip.isEmpty() || isNamed(host, "primary")
            ? dnsName(host, reference.cluster())
            : Optional.empty());
  }

  /** {@code roles/pgsql/tasks/dns.yml}: with {@code auto} it leads to the VIP, if there is one. */
  private Optional<String> dnsName(Host host, String cluster) {
    return isNamed(host, "auto") || isNamed(host, "primary")
        ? Optional.of(cluster + reader.textAt(host, "pg_dns_suffix").orElse(""))
        : Optional.empty();
  }

  private boolean isNamed(Host host, String target) {
    return reader.textAt(host, "pg_dns_target").orElse("auto").equals(target);
  }

  private List<String> taken(String start) {
    return names.tailSet(start).stream().takeWhile(name -> name.startsWith(start)).toList();
  }

  /** {@code patroni_mode: remove} leaves a server without Patroni. */
  private Optional<ManagerApi> manager(Host host) {
    var isManaged =
        reader.bool(host, "patroni_enabled", true)
            && !reader.textAt(host, "patroni_mode").equals(Optional.of("remove"));
    var scheme =
        reader.bool(host, "patroni_ssl_enabled", false)
            ? ManagerApi.Scheme.HTTPS
            : ManagerApi.Scheme.HTTP;
    return isManaged
        ? Optional.of(
            new ManagerApi(reader.port(host, "patroni_port").orElse(DEFAULT_PATRONI_PORT), scheme))
        : Optional.empty();
  }

  private Optional<Vip> vip(Host host) {
    if (!reader.bool(host, "pg_vip_enabled", false)) {
      return Optional.empty();
    }
    var found = host.find("pg_vip_address");
    if (found.isEmpty()) {
      refuse(Code.BAD_ADDRESS, host.placeOf("pg_vip_enabled"), "no pg_vip_address");
    }
    return found.flatMap(
        address -> reader.text(address, VIP_WANTED).flatMap(text -> vip(host, address, text)));
  }

  /** Empty, and a fault, if no cluster can have it: the instances are known without it. */
  private Optional<Vip> vip(Host host, Located found, String text) {
    var match = VIP.matcher(text);
    var parsed =
        match.matches() ? IpAddress.parse(match.group("address")) : Optional.<IpAddress>empty();
    if (parsed.isEmpty() || Integer.parseInt(match.group("bits")) > parsed.get().bits()) {
      refuse(Code.BAD_VALUE, found.place(), found.value().description());
      return Optional.empty();
    }
    if (members.contains(match.group("address"))) {
      refuse(
          Code.VIP_IS_MEMBER,
          found.place(),
          text + ", the address of a declared instance; it is not taken for a virtual one");
      return Optional.empty();
    }
    return Optional.of(
        new Vip(
            match.group("address"),
            Integer.parseInt(match.group("bits")),
            reader.textAt(host, "pg_vip_interface").orElse("auto")));
  }

  private void refuse(Code code, Place place, String found) {
    reader.problems().fault(code, place, VIP_WANTED, found);
  }
}
