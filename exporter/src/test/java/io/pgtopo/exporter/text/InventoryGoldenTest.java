package io.pgtopo.exporter.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.Config;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.testing.Golden;
import io.pgtopo.exporter.view.InventoryReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InventoryGoldenTest {
  private static final Config CONFIG =
      Config.load(
          Optional.empty(), List.of("../config/src/test/resources/inventories/shop.yml"), Map.of());

  private static InventoryReport report(Config config) {
    return InventoryReport.of(config, cluster -> true);
  }

  @Test
  void an_inventory_reads_as_kept() {
    Golden.assertEqual("inventory-shop.txt", InventoryText.render(report(CONFIG), Style.PLAIN));
  }

  @Test
  void an_inventory_in_json_is_as_kept() {
    Golden.assertEqual("inventory-shop.json", Json.text(report(CONFIG)));
  }

  @Test
  void an_inventory_full_of_passwords_shows_none() {
    var config =
        Config.load(
            Optional.empty(),
            List.of("../config/src/test/resources/inventories/canary.yml"),
            Map.of());

    assertThat(
            InventoryText.render(report(config), Style.PLAIN)
                + Json.text(report(config))
                + config.settings())
        .contains("***")
        .doesNotContain("Canary");
  }
}
