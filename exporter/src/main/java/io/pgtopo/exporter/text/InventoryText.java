package io.pgtopo.exporter.text;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.exporter.view.InventoryReport;
import io.pgtopo.exporter.view.InventoryReport.DeclaredCluster;
import io.pgtopo.exporter.view.InventoryReport.DeclaredDatabase;
import io.pgtopo.exporter.view.InventoryReport.DeclaredInstance;
import io.pgtopo.exporter.view.InventoryReport.DeclaredRole;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What is declared, as people read it. */
public final class InventoryText {
  private static final String INDENT = "  ";
  private static final String NONE = "-";

  private final Style style;
  private final StringBuilder out = new StringBuilder();

  private InventoryText(Style style) {
    this.style = style;
  }

  public static String render(InventoryReport inventory, Style style) {
    return inventory.names().stream()
        .map(name -> new InventoryText(style).cluster(name, inventory.only(name::equals)))
        .collect(Collectors.joining("\n"));
  }

  /** A cluster; one without instances of its own has only remote ones. */
  private String cluster(String name, InventoryReport own) {
    var cluster = own.clusters().stream().findFirst();
    out.append(style.paint(Style.Tone.HEADING, name))
        .append(INDENT)
        .append(
            style.paint(
                Style.Tone.PLAIN,
                cluster.map(InventoryText::traits).orElse("shard " + name + ", group 0")))
        .append('\n');
    var members = new TextTable().row("instance", "address", "role", "upstream", "delay", "weight");
    cluster.ifPresent(it -> it.instances().forEach(instance -> instance(instance, members)));
    for (var instance : own.remote()) {
      var address = new Endpoint(instance.node(), instance.port()).toString();
      members.row(instance.name(), address, "remote", NONE, NONE, NONE);
    }
    out.append(members.wrapped(INDENT, style.width()));
    cluster.ifPresent(this::contents);
    return out.toString();
  }

  private void contents(DeclaredCluster cluster) {
    if (!cluster.services().isEmpty()) {
      var routes = new TextTable().row("service", "port", "destination", "check", "members");
      for (var service : cluster.services()) {
        var backups =
            service.backups().isEmpty() ? "" : " (backup " + joined(service.backups()) + ")";
        routes.row(
            service.name(),
            String.valueOf(service.port()),
            service.destination(),
            service.check(),
            joined(service.members()) + backups);
      }
      out.append('\n').append(routes.wrapped(INDENT, style.width()));
    }
    if (!cluster.databases().isEmpty() || !cluster.roles().isEmpty()) {
      out.append('\n');
      wrapped("databases ", cluster.databases().stream().map(DeclaredDatabase::name).toList());
      wrapped("roles     ", cluster.roles().stream().map(DeclaredRole::name).toList());
    }
  }

  private static String traits(DeclaredCluster cluster) {
    return "shard "
        + cluster.shard()
        + ", group "
        + cluster.group()
        + cluster.version().map(version -> ", version " + version).orElse("")
        + cluster.vip().map(vip -> ", vip " + vip).orElse("")
        + cluster.upstream().map(upstream -> ", follows " + upstream).orElse("");
  }

  private static void instance(DeclaredInstance instance, TextTable rows) {
    var role = instance.role().orElse("");
    var isPrimary = role.equals(InstanceRole.PRIMARY.label());
    rows.row(
        instance.name() + instance.alias().map(" (%s)"::formatted).orElse(""),
        new Endpoint(instance.node(), instance.port()).toString(),
        role,
        instance.upstream().orElse(isPrimary ? NONE : "cluster leader"),
        delay(instance.delay()),
        String.valueOf(instance.weight()));
  }

  private void wrapped(String title, List<String> names) {
    for (var line : Wrap.hanging(INDENT + title, joined(names), style.width())) {
      out.append(line).append('\n');
    }
  }

  private static String joined(List<String> names) {
    return names.isEmpty() ? NONE : String.join(" ", names);
  }

  /** As Pigsty writes it: {@code 1h30m}. */
  private static String delay(Duration delay) {
    return delay.isZero()
        ? NONE
        : delay.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }
}
