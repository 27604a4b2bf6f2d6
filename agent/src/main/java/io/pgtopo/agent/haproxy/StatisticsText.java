package io.pgtopo.agent.haproxy;

import io.pgtopo.agent.observation.BalancerReport.Proxy;
import io.pgtopo.agent.observation.BalancerReport.ProxyServer;
import io.pgtopo.agent.observation.BalancerReport.ServerStatus;
import io.pgtopo.agent.observation.BalancerReport.ServerUse;
import io.pgtopo.config.model.Labelled;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The statistics of HAProxy as CSV, by the names of its columns: 1.5 or newer. */
final class StatisticsText {
  private static final String START = "# pxname,svname,";

  private final Map<String, Integer> columns;

  private StatisticsText(List<String> header) {
    this.columns =
        IntStream.range(0, header.size())
            .boxed()
            .collect(Collectors.toMap(header::get, at -> at, (first, again) -> first));
  }

  /**
   * The proxies by name, without mere frontends.
   *
   * @throws UnreadableAnswer if it is not a whole answer
   */
  static SortedMap<String, Proxy> parse(String text) throws UnreadableAnswer {
    if (!text.startsWith(START)) {
      throw new UnreadableAnswer("the statistics are no CSV of HAProxy");
    }
    if (!text.endsWith("\n")) {
      throw new UnreadableAnswer("the statistics are truncated");
    }
    var lines = text.split("\n", -1);
    var table = new StatisticsText(fields(lines[0].substring(2)));
    var servers = new TreeMap<String, List<ProxyServer>>();
    var proxies = new TreeMap<String, Proxy>();
    for (var line = 1; line < lines.length; line++) {
      if (lines[line].isBlank()) {
        continue;
      }
      var row = fields(lines[line]);
      var proxy = table.text(row, "pxname");
      switch (table.text(row, "svname")) {
        case "FRONTEND" -> {}
        case "BACKEND" ->
            proxies.put(
                proxy,
                new Proxy(
                    servers.getOrDefault(proxy, List.of()),
                    (int) table.number(row, "act"),
                    (int) table.number(row, "bck")));
        default ->
            servers.computeIfAbsent(proxy, unused -> new ArrayList<>()).add(table.server(row));
      }
    }
    return proxies;
  }

  private ProxyServer server(List<String> row) throws UnreadableAnswer {
    return new ProxyServer(
        text(row, "svname"),
        status(text(row, "status")),
        (int) number(row, "weight"),
        Optional.of(number(row, "bck") == 1 ? ServerUse.BACKUP : ServerUse.ACTIVE),
        number(row, "stot"));
  }

  /** {@code UP 1/3} is up until it has failed so many checks, {@code DOWN 1/2} is still down. */
  private static ServerStatus status(String text) {
    if (text.equals("no check")) {
      return ServerStatus.NO_CHECK;
    }
    var word = text.split(" ", 2)[0].toLowerCase(Locale.ROOT);
    return Labelled.parse(word, ServerStatus.values(), ServerStatus.OTHER);
  }

  private String text(List<String> row, String column) throws UnreadableAnswer {
    var at = columns.get(column);
    if (at == null || at >= row.size()) {
      throw new UnreadableAnswer("the statistics have no column " + column);
    }
    return row.get(at);
  }

  private long number(List<String> row, String column) throws UnreadableAnswer {
    var text = text(row, column);
    try {
      return text.isEmpty() ? 0 : Long.parseLong(text);
    } catch (NumberFormatException other) {
      throw new UnreadableAnswer("the column %s of the statistics is no number".formatted(column));
    }
  }

  /** The fields of a line; one that holds a comma is in quotes, which are doubled inside. */
  private static List<String> fields(String line) {
    var fields = new ArrayList<String>();
    var field = new StringBuilder();
    var isQuoted = false;
    for (var at = 0; at < line.length(); at++) {
      var letter = line.charAt(at);
      if (letter == '"' && isQuoted && at + 1 < line.length() && line.charAt(at + 1) == '"') {
        field.append(letter);
        at++;
      } else if (letter == '"') {
        isQuoted = !isQuoted;
      } else if (letter == ',' && !isQuoted) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(letter);
      }
    }
    fields.add(field.toString());
    return fields;
  }
}
