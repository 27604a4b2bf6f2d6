package io.pgtopo.config.settings;

import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Network;
import io.pgtopo.config.reading.Expected;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the settings under {@code crawl}. */
final class CrawlReader {
  private static final int MOST = 10_000;

  private final Problems problems;
  private final Map<SettingKey, Located> values;
  private final Expected expected;

  CrawlReader(Problems problems, Map<SettingKey, Located> values) {
    this.problems = problems;
    this.values = values;
    this.expected = new Expected(problems);
  }

  Crawl read() {
    var networks = networks();
    var maxInstances = maxInstances();
    return isEnabled() ? new Crawl(List.copyOf(networks), maxInstances) : Crawl.OFF;
  }

  private boolean isEnabled() {
    var found = values.get(SettingKey.CRAWL_ENABLED);
    return found == null || expected.bool(found).orElse(true);
  }

  private int maxInstances() {
    var key = SettingKey.CRAWL_MAX_INSTANCES;
    var found = values.get(key);
    var otherwise = Integer.parseInt(key.defaultText());
    return found == null
        ? otherwise
        : expected.integer(found, 1, MOST, "a number from 1 to " + MOST).orElse(otherwise);
  }

  private Set<Network> networks() {
    var found = values.get(SettingKey.CRAWL_NETWORKS);
    var networks = new LinkedHashSet<Network>();
    if (found == null) {
      return networks;
    }
    var isFromFile = found.place().line() > 0;
    for (var text : expected.texts(found, "a network such as 10.1.0.0/16")) {
      for (var one : isFromFile ? List.of(text) : List.of(text.split(","))) {
        Network.parse(one)
            .ifPresentOrElse(
                networks::add,
                () ->
                    problems.error(
                        Code.BAD_VALUE,
                        found.place(),
                        "wanted networks such as 10.1.0.0/16 or fd00::/8. Found: \"" + one + "\""));
      }
    }
    return networks;
  }
}
