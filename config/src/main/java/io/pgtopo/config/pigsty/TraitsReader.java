package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.model.Cluster.Traits;
import io.pgtopo.config.model.Cluster.Vip;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.ValueReader;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads what is declared of a cluster as a whole. */
record TraitsReader(ValueReader reader) {
  private static final Pattern VIP =
      Pattern.compile("(?<address>[0-9a-fA-F:.]+)/(?<bits>\\d{1,3})");
  private static final Set<String> MODES =
      Set.of(
          "pgsql", "citus", "mssql", "mysql", "ivory", "pgtde", "polar", "gpsql", "agens", "oriole",
          "pgedge", "oracle");

  Traits read(Declaration reference) {
    var host = reference.host();
    var defaults = Traits.of(reference.cluster());
    var mode = reader.textAt(host, "pg_mode").orElse(defaults.mode());
    if (!MODES.contains(mode)) {
      reader
          .problems()
          .warn(
              Code.BAD_VALUE,
              host.placeOf("pg_mode"),
              "one of Pigsty's modes, such as pgsql or citus",
              "\"%s\"; it is taken as pgsql".formatted(mode));
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
    return new Traits(
        shard.orElse(defaults.shard()),
        group.orElse(defaults.group()),
        mode,
        reader.integer(host, "pg_version", 1, 999, "a major version such as 17"),
        vip(host));
  }

  private Optional<Vip> vip(Host host) {
    return reader.bool(host, "pg_vip_enabled", false)
        ? host.find("pg_vip_address")
            .flatMap(
                found ->
                    reader.parsed(
                        found,
                        "an address and its prefix length, such as 10.10.10.2/24",
                        text -> vip(host, text)))
        : Optional.empty();
  }

  private Optional<Vip> vip(Host host, String text) {
    var match = VIP.matcher(text);
    return match.matches() && Integer.parseInt(match.group("bits")) <= 128
        ? Optional.of(
            new Vip(
                match.group("address"),
                Integer.parseInt(match.group("bits")),
                reader.textAt(host, "pg_vip_interface").orElse("auto")))
        : Optional.empty();
  }
}
