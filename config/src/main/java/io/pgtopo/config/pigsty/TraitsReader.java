package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.model.Cluster.Traits;
import io.pgtopo.config.model.Cluster.Vip;
import io.pgtopo.config.reading.Expected;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads what is declared of a cluster as a whole. */
final class TraitsReader {
  private static final Pattern VIP =
      Pattern.compile("(?<address>[0-9a-fA-F:.]+)/(?<bits>\\d{1,3})");
  private static final Set<String> MODES =
      Set.of(
          "pgsql", "citus", "mssql", "mysql", "ivory", "pgtde", "polar", "gpsql", "agens", "oriole",
          "pgedge", "oracle");

  private final Problems problems;
  private final Expected expected;

  TraitsReader(Problems problems) {
    this.problems = problems;
    this.expected = new Expected(problems);
  }

  Traits read(Declaration spokesman) {
    var host = spokesman.host();
    var otherwise = Traits.of(spokesman.cluster());
    var mode = text(host, "pg_mode").orElse(otherwise.mode());
    if (!MODES.contains(mode)) {
      problems.warn(
          Code.BAD_VALUE,
          host.placeOf("pg_mode"),
          "wanted one of Pigsty's modes, such as pgsql or citus. Found: \"%s\"; it is taken as pgsql"
              .formatted(mode));
    }
    var shard = text(host, "pg_shard");
    var group =
        host.find("pg_group")
            .flatMap(found -> expected.integer(found, 0, Integer.MAX_VALUE, "a number, 0 or more"));
    if (mode.equals("citus") && (shard.isEmpty() || group.isEmpty())) {
      problems.warn(
          Code.CITUS_MISSING_SHARD,
          host.placeOf(shard.isEmpty() ? "pg_shard" : "pg_group"),
          "wanted pg_shard and pg_group for the citus cluster %s. Found: only one of them or none;"
                  .formatted(spokesman.cluster())
              + " it is taken for a coordinator of its own shard");
    }
    return new Traits(
        shard.orElse(otherwise.shard()),
        group.orElse(otherwise.group()),
        mode,
        host.find("pg_version")
            .flatMap(found -> expected.integer(found, 1, 999, "a major version such as 17")),
        vip(host));
  }

  private Optional<String> text(Host host, String variable) {
    return host.find(variable)
        .flatMap(found -> expected.text(found, "a name"))
        .filter(text -> !text.isBlank());
  }

  private Optional<Vip> vip(Host host) {
    var isEnabled = host.find("pg_vip_enabled").flatMap(expected::bool).orElse(false);
    var found = host.find("pg_vip_address");
    if (!isEnabled || found.isEmpty()) {
      return Optional.empty();
    }
    var wanted = "an address and the bits of its network, such as 10.10.10.2/24";
    var text = expected.text(found.get(), wanted);
    var match = VIP.matcher(text.orElse(""));
    var isGood = match.matches() && Integer.parseInt(match.group("bits")) <= 128;
    if (text.isPresent() && !isGood) {
      problems.error(
          Code.BAD_VALUE,
          found.get().place(),
          "wanted " + wanted + ". Found: " + found.get().value().description());
    }
    return isGood
        ? Optional.of(
            new Vip(
                match.group("address"),
                Integer.parseInt(match.group("bits")),
                text(host, "pg_vip_interface").orElse("auto")))
        : Optional.empty();
  }
}
