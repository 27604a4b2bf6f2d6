package io.pgtopo.exporter.text;

import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.RefusableFact;
import io.pgtopo.exporter.text.Style.Tone;
import io.pgtopo.exporter.view.Grants;
import io.pgtopo.exporter.view.Grants.Privilege;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What the monitoring user needs, as SQL, and what of it is missing where. */
public final class GrantsText {
  private static final int SCRAM_IS_DEFAULT = 14;
  private static final int RESERVES_CONNECTIONS = 16;

  private GrantsText() {}

  /** A script for psql, for servers of one major version. */
  public static String sql(String user, int major) {
    var role = Grants.identifier(user);
    var lines = new ArrayList<String>();
    lines.add(
        "-- For PostgreSQL " + major + ". On the primary, as a superuser; replicas receive it.");
    if (major < SCRAM_IS_DEFAULT) {
      lines.add("SET password_encryption = 'scram-sha-256';  -- the default since 14");
    }
    lines.add("CREATE ROLE " + role + " LOGIN;");
    lines.add("\\password " + role);
    lines.add(Grants.monitor(role) + ";");
    lines.add("-- Needed of that: pg_read_all_stats (who follows whom), and pg_read_all_settings");
    lines.add("-- (primary_conninfo, data_directory). pgtopo never writes.");
    if (major >= RESERVES_CONNECTIONS) {
      lines.add("-- With reserved_connections > 0, so that it gets in when all others are taken:");
      lines.add("GRANT pg_use_reserved_connections TO " + role + ";");
    }
    lines.add("-- pg_hba.conf of each server:");
    lines.add("-- host  postgres  " + role + "  ADDRESS-OF-PGTOPO/32  scram-sha-256");
    return String.join("\n", lines) + "\n";
  }

  /** What one server shows of it. */
  public static String server(Observation observation, String user, Style style) {
    var endpoint = observation.endpoint().toString();
    var head = style.paint(Tone.HEADING, endpoint) + "  as " + user + "  ";
    return switch (observation) {
      case Observation.Unreachable(var at, var window, var failure) ->
          head + style.paint(Tone.WRONG, failure.kind().label() + ": " + failure.message()) + "\n";
      case Observation.Reachable(var at, var window, var facts, var refusal) ->
          head
              + "PostgreSQL "
              + facts.identity().version()
              + "\n"
              + privileges(Grants.of(facts)).wrapped("  ", style.width());
    };
  }

  private static TextTable privileges(Grants grants) {
    var table = new TextTable();
    table
        .row(
            privilege(Privilege.STATISTICS, grants, "it has neither a walsender nor a walreceiver"))
        .row(privilege(Privilege.SETTINGS, grants, ""));
    for (var object : grants.refused()) {
      table.row(object, "refused", "hides " + RefusableFact.lostWithout(object));
    }
    return table;
  }

  private static String[] privilege(Privilege privilege, Grants grants, String why) {
    var state = grants.of(privilege);
    var remark =
        switch (state) {
          case THERE -> "";
          case MISSING -> "hides " + privilege.lost();
          case NOT_SHOWN -> why;
        };
    return new String[] {privilege.role(), state.label().replace('_', ' '), remark};
  }

  /** The statements that show what these servers hide. */
  public static List<String> repair(List<Grants> servers, String user) {
    var role = Grants.identifier(user);
    return Stream.concat(
            servers.stream().allMatch(Grants::hasMonitor)
                ? Stream.empty()
                : Stream.of(Grants.monitor(role)),
            servers.stream()
                .flatMap(server -> server.refused().stream())
                .distinct()
                .map(object -> RefusableFact.grant(object, role)))
        .map(statement -> statement + ";")
        .toList();
  }
}
