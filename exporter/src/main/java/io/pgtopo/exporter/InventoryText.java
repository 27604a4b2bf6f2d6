package io.pgtopo.exporter;

import io.pgtopo.config.Cluster;
import io.pgtopo.config.Database;
import io.pgtopo.config.DeclaredUpstream;
import io.pgtopo.config.Instance;
import io.pgtopo.config.InstanceRole;
import io.pgtopo.config.Role;
import io.pgtopo.config.Service;
import io.pgtopo.exporter.Style.Tone;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What is declared, as people read it. */
final class InventoryText {
  private static final String INDENT = "  ";
  private static final String NONE = "-";

  private final Names names;
  private final Style style;

  private InventoryText(Names names, Style style) {
    this.names = names;
    this.style = style;
  }

  static String render(List<Cluster> clusters, Names names, Style style) {
    var text = new InventoryText(names, style);
    return clusters.stream().map(text::cluster).collect(Collectors.joining("\n"));
  }

  private String cluster(Cluster cluster) {
    var text = new StringBuilder(style.paint(Tone.HEADING, cluster.name()));
    var traits = cluster.traits();
    text.append(INDENT).append("shard ").append(traits.shard()).append(", group " + traits.group());
    traits.version().ifPresent(version -> text.append(", version " + version));
    traits.vip().ifPresent(vip -> text.append(", vip " + vip.address() + "/" + vip.prefixLength()));
    cluster.upstream().ifPresent(upstream -> text.append(", follows " + names.of(upstream)));
    text.append('\n').append(instances(cluster.instances()));
    if (!cluster.services().isEmpty()) {
      text.append('\n').append(services(cluster.services()));
    }
    if (!cluster.databases().isEmpty() || !cluster.roles().isEmpty()) {
      text.append('\n').append(objects(cluster));
    }
    return text.toString();
  }

  private String instances(List<Instance> instances) {
    var columns = new Columns().row("instance", "address", "role", "upstream", "delay", "weight");
    for (var instance : instances) {
      columns.row(
          instance.name(),
          instance.endpoint().toString(),
          instance.role().map(InstanceRole::label).orElse("remote"),
          upstream(instance),
          instance.delay().isZero() ? NONE : delay(instance.delay()),
          instance.isRemote() ? NONE : String.valueOf(instance.traffic().weight()));
    }
    return columns.wrapped(INDENT, style.width());
  }

  private String services(List<Service> services) {
    var columns = new Columns().row("service", "port", "destination", "check", "members");
    for (var service : services) {
      columns.row(
          service.name(),
          String.valueOf(service.listen().port()),
          service.rule().destination().label(),
          service.rule().check(),
          servers(service));
    }
    return columns.wrapped(INDENT, style.width());
  }

  private static String servers(Service service) {
    var members = joined(service.members());
    return service.backups().isEmpty()
        ? members
        : members + " (backup " + joined(service.backups()) + ")";
  }

  private static String joined(List<Service.Server> servers) {
    return servers.isEmpty()
        ? NONE
        : servers.stream().map(Service.Server::instance).collect(Collectors.joining(" "));
  }

  private String objects(Cluster cluster) {
    var databases = cluster.databases().stream().map(Database::name).toList();
    var roles = cluster.roles().stream().map(Role::name).toList();
    return wrapped("databases ", databases) + wrapped("roles     ", roles);
  }

  private String wrapped(String title, List<String> names) {
    var start = INDENT + title;
    var text = new StringBuilder();
    for (var line :
        Wrap.lines(
            names.isEmpty() ? NONE : String.join(" ", names), style.width() - start.length())) {
      text.append(text.isEmpty() ? start : " ".repeat(start.length())).append(line).append('\n');
    }
    return text.toString();
  }

  private String upstream(Instance instance) {
    return instance.upstream() instanceof DeclaredUpstream.ClusterLeader
        ? "cluster leader"
        : InventoryJson.upstream(instance, names).orElse(NONE);
  }

  /** As Pigsty writes it: {@code 1h30m}. */
  private static String delay(Duration delay) {
    return delay.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }
}
