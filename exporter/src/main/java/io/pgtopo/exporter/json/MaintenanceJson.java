package io.pgtopo.exporter.json;

import io.pgtopo.config.model.Maintenance;
import java.time.Instant;
import java.util.List;

/** What is under maintenance, as JSON. */
public final class MaintenanceJson {
  private MaintenanceJson() {}

  public static String render(List<Maintenance> entries, Instant now) {
    return new JsonObject()
        .with("maintenance", entries.stream().map(entry -> entry(entry, now).fields()).toList())
        .text();
  }

  public static JsonObject entry(Maintenance entry, Instant now) {
    return new JsonObject()
        .with("cls", entry.cluster())
        .with("ins", entry.instance())
        .with("until", entry.until().toString())
        .with("owner", entry.owner())
        .with("reason", entry.reason())
        .with("inForce", entry.isInForce(now));
  }
}
