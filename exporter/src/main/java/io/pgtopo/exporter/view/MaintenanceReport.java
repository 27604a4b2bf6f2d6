package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.pgtopo.config.model.Maintenance;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is under maintenance. */
public record MaintenanceReport(List<MaintenanceEntry> maintenance) {

  /** One of them. */
  public record MaintenanceEntry(
      String cls,
      @JsonPropertyDescription("null for the whole cluster") Optional<String> ins,
      Instant until,
      String owner,
      String reason,
      boolean inForce) {

    public static MaintenanceEntry of(Maintenance entry, Instant now) {
      return new MaintenanceEntry(
          entry.cluster(),
          entry.instance(),
          entry.until(),
          entry.owner(),
          entry.reason(),
          entry.isInForce(now));
    }
  }

  public static MaintenanceReport of(List<Maintenance> entries, Instant now) {
    return new MaintenanceReport(
        entries.stream().map(entry -> MaintenanceEntry.of(entry, now)).toList());
  }
}
