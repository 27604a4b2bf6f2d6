package io.pgtopo.agent.haproxy;

import io.pgtopo.agent.observation.BalancerReport.Proxy;
import io.pgtopo.agent.observation.BalancerReport.ProxyServer;
import io.pgtopo.agent.observation.BalancerReport.ServerStatus;
import io.pgtopo.config.model.Labelled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What HAProxy's own exporter answers, 2.4 or newer: {@code addons/promex}. Which servers are
 * backups is not in it.
 */
final class MetricsText {
  private static final Pattern SAMPLE =
      Pattern.compile("(?<name>[a-zA-Z_:][\\w:]*)(\\{(?<labels>.*)})? (?<value>\\S+)( \\d+)?");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

  private static final String STATUS = "haproxy_server_status";
  private static final String WEIGHT = "haproxy_server_weight";
  private static final String SESSIONS = "haproxy_server_sessions_total";
  private static final String ACTIVE = "haproxy_backend_active_servers";
  private static final String BACKUPS = "haproxy_backend_backup_servers";

  /** The servers of each proxy, with the status of each, as they are listed. */
  private final Map<String, Map<String, ServerStatus>> status = new LinkedHashMap<>();

  private final Map<String, Double> values = new HashMap<>();

  private MetricsText() {}

  /**
   * The proxies by name.
   *
   * @throws UnreadableAnswer if it is not a whole answer of such an exporter
   */
  static SortedMap<String, Proxy> parse(String text) throws UnreadableAnswer {
    if (!text.contains("haproxy_")) {
      throw new UnreadableAnswer("it is not HAProxy's exporter that answers");
    }
    if (!text.endsWith("\n")) {
      throw new UnreadableAnswer("the answer is truncated");
    }
    var metrics = new MetricsText();
    for (var line : text.split("\n", -1)) {
      metrics.add(line.strip());
    }
    return metrics.proxies();
  }

  private void add(String line) throws UnreadableAnswer {
    if (!line.startsWith("haproxy_server_") && !line.startsWith("haproxy_backend_")) {
      return;
    }
    var sample = SAMPLE.matcher(line);
    if (!sample.matches()) {
      throw new UnreadableAnswer("this is no sample: " + shortened(line));
    }
    var name = sample.group("name");
    if (!List.of(STATUS, WEIGHT, SESSIONS, ACTIVE, BACKUPS).contains(name)) {
      return;
    }
    var labels = labels(Optional.ofNullable(sample.group("labels")).orElse(""));
    var proxy = labels.getOrDefault("proxy", "");
    var server = labels.getOrDefault("server", "");
    var value = number(sample.group("value"), line);
    if (!name.equals(STATUS)) {
      values.put(key(name, proxy, server), value);
      return;
    }
    var state = Optional.ofNullable(labels.get("state"));
    if (state.isEmpty()) {
      throw new UnreadableAnswer("%s has no label state; HAProxy 2.4 has it".formatted(STATUS));
    }
    var servers = status.computeIfAbsent(proxy, unused -> new LinkedHashMap<>());
    servers.putIfAbsent(server, ServerStatus.OTHER);
    if (value == 1) {
      var label = state.get().toLowerCase(Locale.ROOT);
      servers.put(server, Labelled.parse(label, ServerStatus.values(), ServerStatus.OTHER));
    }
  }

  private SortedMap<String, Proxy> proxies() throws UnreadableAnswer {
    if (status.isEmpty() && values.isEmpty()) {
      throw new UnreadableAnswer("it has no %s; another version of HAProxy".formatted(STATUS));
    }
    var proxies = new TreeMap<String, Proxy>();
    for (var proxy : status.entrySet()) {
      var servers = new ArrayList<ProxyServer>();
      for (var server : proxy.getValue().entrySet()) {
        servers.add(
            new ProxyServer(
                server.getKey(),
                server.getValue(),
                (int) value(WEIGHT, proxy.getKey(), server.getKey()),
                Optional.empty(),
                (long) value(SESSIONS, proxy.getKey(), server.getKey())));
      }
      proxies.put(
          proxy.getKey(),
          new Proxy(
              servers,
              (int) value(ACTIVE, proxy.getKey(), ""),
              (int) value(BACKUPS, proxy.getKey(), "")));
    }
    return proxies;
  }

  private double value(String metric, String proxy, String server) throws UnreadableAnswer {
    var value = values.get(key(metric, proxy, server));
    if (value == null) {
      throw new UnreadableAnswer(
          "it has no %s of %s %s; another version of HAProxy".formatted(metric, proxy, server));
    }
    return value;
  }

  private static String key(String metric, String proxy, String server) {
    return String.join("\n", metric, proxy, server);
  }

  private static Map<String, String> labels(String text) {
    var labels = new HashMap<String, String>();
    LABEL.matcher(text).results().forEach(it -> labels.put(it.group(1), unescaped(it.group(2))));
    return labels;
  }

  private static String unescaped(String text) {
    return text.replace("\\\"", "\"").replace("\\n", "\n").replace("\\\\", "\\");
  }

  private static double number(String text, String line) throws UnreadableAnswer {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException other) {
      throw new UnreadableAnswer("this is no sample: " + shortened(line));
    }
  }

  private static String shortened(String line) {
    return line.length() > 80 ? line.substring(0, 80) + "..." : line;
  }
}
