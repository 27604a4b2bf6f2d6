package io.pgtopo.exporter;

import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.config.Config;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InventoryGoldenTest {
  private static final Config CONFIG =
      Config.load(
          Optional.empty(), List.of("../config/src/test/resources/inventories/shop.yml"), Map.of());

  private static final Names NAMES = new Names(AddressBook.of(CONFIG.inventory()));

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
}
