package io.pgtopo.exporter.json;

import io.pgtopo.config.Config;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.config.model.Role;
import io.pgtopo.config.model.Service;
import io.pgtopo.exporter.view.DisplayNames;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is declared, as JSON. What is left to a default elsewhere is {@code null}. */
public final class InventoryJson {
  private final DisplayNames names;

  private InventoryJson(DisplayNames names) {
    this.names = names;
  }

  public static JsonObject render(Config config, List<Cluster> clusters, DisplayNames names) {
    var json = new InventoryJson(names);
    return new JsonObject()
        .with(
            "clusters",
            clusters.stream().filter(InventoryJson::isManaged).map(json::cluster).toList())
        .with(
            "remote",
            clusters.stream()
                .flatMap(cluster -> cluster.instances().stream())
                .filter(Instance::isRemote)
                .map(InventoryJson::remote)
                .toList())
        .with("problems", config.warnings().stream().map(ProblemsJson::problem).toList());
  }

  private static boolean isManaged(Cluster cluster) {
    return cluster.instances().stream().anyMatch(instance -> !instance.isRemote());
  }

  private Map<String, @Nullable Object> cluster(Cluster cluster) {
    var traits = cluster.traits();
    return new JsonObject()
        .with("name", cluster.name())
        .with("shard", traits.shard())
        .with("group", traits.group())
        .with("version", traits.version())
        .with("upstream", cluster.upstream().map(names::of))
        .with("vip", traits.vip().map(vip -> vip.address() + "/" + vip.prefixLength()))
        .with(
            "instances",
            cluster.instances().stream()
                .filter(instance -> !instance.isRemote())
                .map(this::instance)
                .toList())
        .with("services", cluster.services().stream().map(InventoryJson::service).toList())
        .with("databases", cluster.databases().stream().map(InventoryJson::database).toList())
        .with("roles", cluster.roles().stream().map(InventoryJson::role).toList())
        .fields();
  }

  private Map<String, @Nullable Object> instance(Instance instance) {
    return new JsonObject()
        .with("name", instance.name())
        .with("seq", instance.seq())
        .with("node", instance.endpoint().host())
        .with("port", instance.endpoint().port())
        .with("role", instance.role().map(InstanceRole::label))
        .with("upstream", names.upstreamOf(instance))
        .with("delay", instance.delay().toString())
        .with("weight", instance.traffic().weight())
        .with("offlineQuery", instance.traffic().offlineQuery())
        .fields();
  }

  private static Map<String, @Nullable Object> remote(Instance instance) {
    return new JsonObject()
        .with("name", instance.name())
        .with("cluster", instance.cluster())
        .with("seq", instance.seq())
        .with("node", instance.endpoint().host())
        .with("port", instance.endpoint().port())
        .fields();
  }

  private static Map<String, @Nullable Object> service(Service service) {
    return new JsonObject()
        .with("name", service.name())
        .with("port", service.listen().port())
        .with("destination", service.rule().destination().label())
        .with("check", service.rule().check())
        .with("members", service.members().stream().map(Service.Server::instance).toList())
        .with("backups", service.backups().stream().map(Service.Server::instance).toList())
        .fields();
  }

  private static Map<String, @Nullable Object> database(Database database) {
    return new JsonObject()
        .with("name", database.name())
        .with("owner", database.owner())
        .with("state", database.state().label())
        .with("encoding", database.creation().encoding())
        .with("connectionLimit", database.access().connectionLimit())
        .with("pooled", database.access().pooled())
        .with("schemas", database.contents().schemas().stream().map(Database.Schema::name).toList())
        .with(
            "extensions",
            database.contents().extensions().stream().map(Database.Extension::name).toList())
        .fields();
  }

  private static Map<String, @Nullable Object> role(Role role) {
    return new JsonObject()
        .with("name", role.name())
        .with("state", role.state().label())
        .with("attributes", role.attributes().stream().map(Role.Attribute::label).toList())
        .with("connectionLimit", role.connectionLimit())
        .with("expiry", role.expiry())
        .with(
            "memberOf",
            role.memberships().stream()
                .filter(Role.Membership::granted)
                .map(Role.Membership::role)
                .toList())
        .fields();
  }
}
