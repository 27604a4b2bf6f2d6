package io.pgtopo.exporter.text;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.config.model.Role;
import io.pgtopo.config.model.Service;
import io.pgtopo.exporter.view.DisplayNames;
import java.util.List;
import java.util.stream.Collectors;

/** What is declared, as people read it. */
public final class InventoryText {
  private static final String NONE = "-";

  private final DisplayNames names;

  private InventoryText(DisplayNames names) {
    this.names = names;
  }

  public static String render(List<Cluster> clusters, DisplayNames names, Style style) {
    var text = new InventoryText(names);
    return clusters.stream()
        .map(cluster -> text.drawing(cluster).text(style))
        .collect(Collectors.joining("\n"));
  }

  private InventoryDrawing drawing(Cluster cluster) {
    return new InventoryDrawing(
        cluster.name(),
        traits(cluster),
        cluster.instances().stream().map(this::instance).toList(),
        cluster.services().stream().map(InventoryText::service).toList(),
        cluster.databases().stream().map(Database::name).toList(),
        cluster.roles().stream().map(Role::name).toList());
  }

  private String traits(Cluster cluster) {
    var traits = cluster.traits();
    return "shard "
        + traits.shard()
        + ", group "
        + traits.group()
        + traits.version().map(version -> ", version " + version).orElse("")
        + traits.vip().map(vip -> ", vip " + vip.address() + "/" + vip.prefixLength()).orElse("")
        + cluster.upstream().map(upstream -> ", follows " + names.of(upstream)).orElse("");
  }

  private List<String> instance(Instance instance) {
    return List.of(
        instance.name(),
        instance.endpoint().toString(),
        instance.role().map(InstanceRole::label).orElse("remote"),
        upstream(instance),
        InventoryDrawing.delay(instance.delay()),
        instance.isRemote() ? NONE : String.valueOf(instance.traffic().weight()));
  }

  private static List<String> service(Service service) {
    return List.of(
        service.name(),
        String.valueOf(service.listen().port()),
        service.rule().destination().label(),
        service.rule().check(),
        InventoryDrawing.servers(servers(service.members()), servers(service.backups())));
  }

  private static List<String> servers(List<Service.Server> servers) {
    return servers.stream().map(Service.Server::instance).toList();
  }

  private String upstream(Instance instance) {
    return instance.upstream() instanceof DeclaredUpstream.ClusterLeader
        ? "cluster leader"
        : names.upstreamOf(instance).orElse(NONE);
  }
}
