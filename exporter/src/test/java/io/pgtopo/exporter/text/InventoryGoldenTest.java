package io.pgtopo.exporter.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.config.Config;
import io.pgtopo.exporter.json.InventoryJson;
import io.pgtopo.exporter.testing.Golden;
import io.pgtopo.exporter.view.DisplayNames;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InventoryGoldenTest {
  private static final Config CONFIG =
      Config.load(
          Optional.empty(), List.of("../config/src/test/resources/inventories/shop.yml"), Map.of());

  private static final DisplayNames NAMES = new DisplayNames(AddressBook.of(CONFIG.inventory()));

  @Test
  void an_inventory_reads_as_kept() {
    Golden.assertEqual(
        "inventory-shop.txt",
        InventoryText.render(CONFIG.inventory().clusters(), NAMES, Style.PLAIN));
  }

  @Test
  void an_inventory_in_json_is_as_kept() {
    Golden.assertEqual(
        "inventory-shop.json",
        InventoryJson.render(CONFIG, CONFIG.inventory().clusters(), NAMES).text());
  }

  @Test
  void an_inventory_full_of_passwords_shows_none() {
    var config =
        Config.load(
            Optional.empty(),
            List.of("../config/src/test/resources/inventories/canary.yml"),
            Map.of());
    var names = new DisplayNames(AddressBook.of(config.inventory()));

    assertThat(
            InventoryText.render(config.inventory().clusters(), names, Style.PLAIN)
                + InventoryJson.render(config, config.inventory().clusters(), names).text()
                + config.settings())
        .contains("***")
        .doesNotContain("Canary");
  }
}
