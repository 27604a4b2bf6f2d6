package io.pgtopo.exporter.client;

import static io.pgtopo.exporter.client.AgentAnswer.each;
import static io.pgtopo.exporter.client.AgentAnswer.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.exporter.text.InventoryDrawing;
import io.pgtopo.exporter.text.Style;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What a running agent was told to watch, in the form of a reading of one's own.
 *
 * @param answer of {@code /api/v1/inventory}
 */
public record ToldInventory(JsonNode answer) {

  /** The names of all clusters, remote ones too. */
  public List<String> clusters() {
    return List.copyOf(byName().keySet());
  }

  /** What is suspicious in it. */
  public List<String> warnings() {
    return each(answer.path("problems"))
        .map(
            problem ->
                "%s:%s: %s: %s"
                    .formatted(
                        problem.path("file").asText(),
                        problem.path("line").asText(),
                        problem.path("path").asText(),
                        problem.path("message").asText()))
        .toList();
  }

  public String render(Predicate<String> asked, Style style) {
    return byName().entrySet().stream()
        .filter(entry -> asked.test(entry.getKey()))
        .map(entry -> cluster(entry.getKey(), entry.getValue()).text(style))
        .collect(Collectors.joining("\n"));
  }

  /**
   * The instances that no node runs come last in the answer, and are put back where they belong.
   */
  private Map<String, List<JsonNode>> byName() {
    var clusters = new TreeMap<String, List<JsonNode>>();
    each(answer.path("clusters"))
        .forEach(
            cluster ->
                clusters
                    .computeIfAbsent(cluster.path("name").asText(), name -> new ArrayList<>())
                    .add(cluster));
    each(answer.path("remote"))
        .forEach(
            instance ->
                clusters.computeIfAbsent(
                    instance.path("cluster").asText(), name -> new ArrayList<>()));
    return clusters;
  }

  private InventoryDrawing cluster(String name, List<JsonNode> found) {
    var rows =
        new ArrayList<>(
            found.stream()
                .flatMap(cluster -> each(cluster.path("instances")))
                .map(ToldInventory::instance)
                .toList());
    each(answer.path("remote"))
        .filter(instance -> instance.path("cluster").asText().equals(name))
        .map(ToldInventory::remote)
        .forEach(rows::add);
    return new InventoryDrawing(
        name,
        found.stream().findFirst().map(ToldInventory::traits).orElse("shard " + name + ", group 0"),
        rows,
        found.stream()
            .flatMap(cluster -> each(cluster.path("services")))
            .map(ToldInventory::service)
            .toList(),
        names(found, "databases"),
        names(found, "roles"));
  }

  private static String traits(JsonNode cluster) {
    return "shard "
        + cluster.path("shard").asText()
        + ", group "
        + cluster.path("group").asText()
        + text(cluster, "version").map(version -> ", version " + version).orElse("")
        + text(cluster, "vip").map(vip -> ", vip " + vip).orElse("")
        + text(cluster, "upstream").map(upstream -> ", follows " + upstream).orElse("");
  }

  private static List<String> instance(JsonNode instance) {
    var role = instance.path("role").asText();
    return List.of(
        instance.path("name").asText(),
        address(instance),
        role,
        text(instance, "upstream").orElse(role.equals("primary") ? "-" : "cluster leader"),
        InventoryDrawing.delay(Duration.parse(instance.path("delay").asText())),
        instance.path("weight").asText());
  }

  private static List<String> remote(JsonNode instance) {
    return List.of(instance.path("name").asText(), address(instance), "remote", "-", "-", "-");
  }

  private static String address(JsonNode instance) {
    return new Endpoint(instance.path("node").asText(), instance.path("port").asInt()).toString();
  }

  private static List<String> service(JsonNode service) {
    return List.of(
        service.path("name").asText(),
        service.path("port").asText(),
        service.path("destination").asText(),
        service.path("check").asText(),
        InventoryDrawing.servers(
            strings(service.path("members")), strings(service.path("backups"))));
  }

  private static List<String> strings(JsonNode list) {
    return each(list).map(JsonNode::asText).toList();
  }

  private static List<String> names(List<JsonNode> found, String list) {
    return found.stream()
        .flatMap(cluster -> each(cluster.path(list)))
        .map(item -> item.path("name").asText())
        .toList();
  }
}
