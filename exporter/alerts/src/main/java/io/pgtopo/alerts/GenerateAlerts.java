package io.pgtopo.alerts;

import static io.pgtopo.alerts.YamlText.render;
import static java.util.Map.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes all files below {@code grafana/} that are generated from {@code alerts.yml}. */
public final class GenerateAlerts {
  private GenerateAlerts() {}

  /** Takes the root of the checkout. */
  public static void main(String... arguments) throws IOException {
    var root = Path.of(arguments[0]);
    for (var file : files(AlertTable.read(root)).entrySet()) {
      Files.writeString(root.resolve("grafana").resolve(file.getKey()), file.getValue());
    }
  }

  /** Their texts by their paths below {@code grafana/}. */
  static Map<String, String> files(AlertTable table) {
    return Map.ofEntries(
        entry("prometheus/rules/pgtopo.yml", render("", PrometheusRules.PLAIN.groups(table))),
        entry(
            "prometheus/rules/pgtopo-pigsty.yml",
            render(
                "For Pigsty, instead of pgtopo.yml: /infra/rules/pgtopo.yml",
                PrometheusRules.PIGSTY.groups(table))),
        entry(
            "prometheus/rules/pgtopo-kubernetes.yml",
            render("", PrometheusRules.kubernetes(table))),
        entry("prometheus/tests/kinds.yml", render("", new RuleTests(table).document())),
        entry(
            "alerting/pgtopo.yml",
            render(
                "/etc/grafana/provisioning/alerting/pgtopo.yml, where rules cannot be added to"
                    + " Prometheus. Do not use both: each alert would be sent twice.",
                GrafanaAlerting.provisioning(table))));
  }
}
