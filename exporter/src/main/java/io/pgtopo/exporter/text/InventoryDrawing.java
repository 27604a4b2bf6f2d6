package io.pgtopo.exporter.text;

import io.pgtopo.exporter.text.Style.Tone;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * One declared cluster, as people read it.
 *
 * @param traits what is declared of it as a whole
 * @param instances six cells of each
 * @param services five cells of each
 */
public record InventoryDrawing(
    String name,
    String traits,
    List<List<String>> instances,
    List<List<String>> services,
    List<String> databases,
    List<String> roles) {
  private static final String INDENT = "  ";
  private static final String NONE = "-";

  public String text(Style style) {
    var text = new StringBuilder(style.paint(Tone.HEADING, name));
    text.append(INDENT).append(traits).append('\n');
    var members = new TextTable().row("instance", "address", "role", "upstream", "delay", "weight");
    instances.forEach(row -> members.row(row.toArray(String[]::new)));
    text.append(members.wrapped(INDENT, style.width()));
    if (!services.isEmpty()) {
      var routes = new TextTable().row("service", "port", "destination", "check", "members");
      services.forEach(row -> routes.row(row.toArray(String[]::new)));
      text.append('\n').append(routes.wrapped(INDENT, style.width()));
    }
    if (!databases.isEmpty() || !roles.isEmpty()) {
      text.append('\n')
          .append(wrapped("databases ", databases, style))
          .append(wrapped("roles     ", roles, style));
    }
    return text.toString();
  }

  private static String wrapped(String title, List<String> names, Style style) {
    var start = INDENT + title;
    var text = new StringBuilder();
    for (var line :
        Wrap.lines(
            names.isEmpty() ? NONE : String.join(" ", names), style.width() - start.length())) {
      text.append(text.isEmpty() ? start : " ".repeat(start.length())).append(line).append('\n');
    }
    return text.toString();
  }

  /** Those that a service leads to, and those that stand in for them. */
  public static String servers(List<String> members, List<String> backups) {
    return backups.isEmpty()
        ? joined(members)
        : joined(members) + " (backup " + joined(backups) + ")";
  }

  private static String joined(List<String> servers) {
    return servers.isEmpty() ? NONE : String.join(" ", servers);
  }

  /** As Pigsty writes it: {@code 1h30m}. */
  public static String delay(Duration delay) {
    return delay.isZero()
        ? NONE
        : delay.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }
}
