package io.pgtopo.exporter.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaBuilder;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfig;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.exporter.view.ChangesReport;
import io.pgtopo.exporter.view.DriftReport;
import io.pgtopo.exporter.view.FleetReport;
import io.pgtopo.exporter.view.InventoryReport;
import io.pgtopo.exporter.view.KindsReport;
import io.pgtopo.exporter.view.MaintenanceReport;
import io.pgtopo.exporter.view.OneOf;
import io.pgtopo.exporter.view.ProblemDetail;
import io.pgtopo.exporter.view.SafetyReport;
import io.pgtopo.exporter.view.ServicesReport;
import io.pgtopo.exporter.view.SnapshotReport;
import io.pgtopo.exporter.view.TargetGroup;
import io.pgtopo.exporter.view.TopologyReport;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The OpenAPI document: schemas from the records of the API, paths from the table below. */
final class OpenApiDocument {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String UNWRAPPED = "@unwrapped";
  private static final String PROBLEM = "application/problem+json";

  private final SchemaBuilder schemas =
      new SchemaGenerator(config()).buildMultipleSchemaDefinitions();
  private final ObjectNode paths = MAPPER.createObjectNode();

  private OpenApiDocument() {}

  static String text() {
    var document = new OpenApiDocument();
    document.describe();
    return document.assemble().toPrettyString() + "\n";
  }

  private void describe() {
    current("/api/v1/clusters", "The clusters in short", FleetReport.class);
    current("/api/v1/instances", "All instances", TopologyReport.InstancesReport.class);
    current("/api/v1/topology", "The clusters with instances and links", TopologyReport.class);
    report("/api/v1/services", "The services as they are declared", ServicesReport.class);
    current("/api/v1/safe", "Whether the primaries can be replaced now", SafetyReport.class)
        .parameter("promote", "a declared instance: the only candidate", type("string"))
        .parameter("lose", "a node or an instance that is lost", type("string"));
    current("/api/v1/drift", "How it differs from what is declared", DriftReport.class)
        .parameter("kind", "a kind of drift; may be repeated", words(DriftKind.class))
        .parameter("severity", "may be repeated", words(Severity.class));
    current("/api/v1/changes", "What happened lately, oldest first", ChangesReport.class);
    get("/api/v1/maintenance", "What is under maintenance")
        .tagged("200", "the answer", MaintenanceReport.class)
        .unchanged()
        .problem("400", "an unknown parameter");
    post("/api/v1/maintenance", "Puts a cluster or an instance under maintenance")
        .body(
            """
            {"type": "object", "additionalProperties": false, "required": ["name", "reason"], "properties": {
              "name": {"type": "string", "pattern": "\\\\S", "maxLength": 500, "description": "of a declared cluster or instance"},
              "for": {"type": "string", "minLength": 1, "description": "how long from now; or until", "examples": ["2h30m"]},
              "until": {"type": "string", "format": "date-time"},
              "owner": {"type": "string", "pattern": "\\\\S", "maxLength": 500, "description": "who is responsible; by default the user of the login"},
              "reason": {"type": "string", "pattern": "\\\\S", "maxLength": 500}}}
            """)
        .json("200", "in force from the next cycle on", MaintenanceReport.MaintenanceEntry.class)
        .problem("404", "no cluster or instance of this name is declared")
        .fileProblems();
    post("/api/v1/maintenance/end", "Ends the maintenance of a cluster or an instance")
        .body(
            """
            {"type": "object", "additionalProperties": false, "required": ["name"],
             "properties": {"name": {"type": "string", "pattern": "\\\\S", "maxLength": 500}}}
            """)
        .json(
            "200", "it is in the maintenance_file no more", ChangeEndpoints.MaintenanceEnded.class)
        .problem("404", "the maintenance_file has no entry of this name")
        .fileProblems();
    report("/api/v1/inventory", "What is declared", InventoryReport.class);
    current("/api/v1/snapshot", "Topology and drift of one cycle", SnapshotReport.class);
    get("/api/v1/tree", "The topology as text or picture, as pgtopo tree prints it")
        .parameter("cluster", "name of a declared cluster; may be repeated", array(type("string")))
        .parameter(
            "format",
            "the language of the text",
            type("string")
                .set(
                    "enum",
                    MAPPER.createArrayNode().add("dot").add("mermaid").add("svg").add("text")))
        .text("200", "the text", "text/plain")
        .text("200", "the text", "image/svg+xml")
        .problem("400", "an unknown parameter or format")
        .problem("404", "no cluster of this name is declared")
        .problem("503", "no cycle succeeded recently");
    get("/api/v1/kinds", "The kinds of drift, with what to do about each")
        .tagged("200", "the answer", KindsReport.class)
        .unchanged()
        .problem("400", "an unknown parameter");
    get("/api/v1/events", "Server-sent events: snapshot, change, unchanged and unknown")
        .text("200", "a stream without an end", "text/event-stream")
        .problem("503", "too many subscribers");
    get("/api/v1/openapi.json", "This document")
        .content("200", "the document", "application/json", type("object"))
        .header("200", "ETag", type("string"))
        .unchanged();
    report(
        "/sd",
        "The declared instances, for Prometheus' HTTP service discovery",
        TargetGroup[].class);
    get("/livez", "Whether the process is alive").text("200", "it is", "text/plain");
    get("/readyz", "Whether a cycle succeeded recently")
        .parameter("verbose", "answers with the reasons, as JSON", type("string"))
        .text("200", "yes", "text/plain")
        .json("200", "yes", ReadinessPage.ReadinessReport.class)
        .text("503", "no", "text/plain")
        .json("503", "no", ReadinessPage.ReadinessReport.class);
    var questions =
        Map.of(
            Balancing.Check.PRIMARY,
                "Whether the instance on this host, or the named one, accepts writes",
            Balancing.Check.REPLICA, "Whether it is a replica that may be read",
            Balancing.Check.READ_ONLY, "Whether it may be read",
            Balancing.Check.HEALTH, "Whether it answers");
    for (var check : Balancing.Check.values()) {
      for (var method : List.of("get", "options")) {
        new Operation(check.path(), method, questions.getOrDefault(check, ""))
            .parameter(
                "lag",
                "how far behind a replica may be: bytes, or kB, MB, GB",
                type("string").put("pattern", "^[0-9]{1,15}(kB|MB|GB)?$"))
            .parameter(
                "instance",
                "a declared instance, instead of the one on this host",
                type("string").put("pattern", "^[a-zA-Z0-9-]+$"))
            .json("200", "yes", BalancerEndpoint.AvailableInstance.class)
            .header("200", "X-Pgtopo-Observed-At", type("string").put("format", "date-time"))
            .header("200", "X-Pgtopo-Age", type("integer"))
            .problem("400", "lag is not a size")
            .problem("404", "the named instance is not declared")
            .problem("503", "no, or it is unknown");
      }
    }
    get("/metrics", "For Prometheus: docs/metrics.md")
        .text("200", "the metrics", "text/plain")
        .text("200", "the metrics", "application/openmetrics-text");
    post("/-/reload", "Reads settings and inventory again before the next cycle")
        .json("202", "requested", ChangeEndpoints.ReloadReport.class);
  }

  /** One method of a path. */
  private final class Operation {
    private final ObjectNode node;

    Operation(String path, String method, String summary) {
      node = paths.withObjectProperty(path).putObject(method);
      node.put("summary", summary);
    }

    private ObjectNode answer(String status) {
      return node.withObjectProperty("responses").withObjectProperty(status);
    }

    Operation parameter(String name, String description, JsonNode schema) {
      node.withArrayProperty("parameters")
          .addObject()
          .put("name", name)
          .put("in", "query")
          .put("description", description)
          .set("schema", schema);
      return this;
    }

    Operation body(String schema) {
      try {
        node.putObject("requestBody")
            .put("required", true)
            .withObject("/content/application~1json")
            .set("schema", MAPPER.readTree(schema));
      } catch (JsonProcessingException bug) {
        throw new IllegalStateException(schema, bug);
      }
      return this;
    }

    Operation content(String status, String description, String type, JsonNode schema) {
      answer(status)
          .put("description", description)
          .withObjectProperty("content")
          .putObject(type)
          .set("schema", schema);
      return this;
    }

    Operation text(String status, String description, String type) {
      return content(status, description, type, type("string"));
    }

    Operation json(String status, String description, Class<?> record) {
      return content(
          status, description, "application/json", schemas.createSchemaReference(record));
    }

    Operation header(String status, String name, JsonNode schema) {
      answer(status).withObjectProperty("headers").putObject(name).set("schema", schema);
      return this;
    }

    Operation tagged(String status, String description, Class<?> record) {
      return json(status, description, record).header(status, "ETag", type("string"));
    }

    Operation unchanged() {
      answer("304").put("description", "unchanged since the ETag of If-None-Match");
      return this;
    }

    Operation problem(String status, String description) {
      return content(
          status, description, PROBLEM, schemas.createSchemaReference(ProblemDetail.class));
    }

    Operation fileProblems() {
      return problem("400", "not such a request")
          .problem("409", "no maintenance_file is set, or settings or inventory are broken")
          .problem("500", "the maintenance_file cannot be written");
    }
  }

  private Operation get(String path, String summary) {
    return new Operation(path, "get", summary);
  }

  private Operation post(String path, String summary) {
    return new Operation(path, "post", summary)
        .problem("403", "this server has no logins, or the request comes from a page of a browser")
        .problem("415", "the body is of another type than JSON");
  }

  private Operation report(String path, String summary, Class<?> record) {
    return get(path, summary)
        .parameter("cluster", "name of a declared cluster; may be repeated", array(type("string")))
        .tagged("200", "the answer", record)
        .unchanged()
        .problem("400", "an unknown parameter or value")
        .problem("404", "no cluster of this name is declared")
        .problem("503", "no cycle succeeded recently");
  }

  /** A report of the last cycle. */
  private Operation current(String path, String summary, Class<?> record) {
    return report(path, summary, record).header("200", "X-Pgtopo-Age", type("integer"));
  }

  private static ObjectNode type(String name) {
    return MAPPER.createObjectNode().put("type", name);
  }

  private static ObjectNode array(JsonNode items) {
    return type("array").set("items", items);
  }

  private static ObjectNode words(Class<? extends Enum<?>> type) {
    var word = type("string");
    labels(type).forEach(word.putArray("enum")::add);
    return array(word);
  }

  private static List<String> labels(Class<? extends Enum<?>> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(constant -> constant.name().toLowerCase(Locale.ROOT))
        .toList();
  }

  private ObjectNode assemble() {
    var document = MAPPER.createObjectNode().put("openapi", "3.1.0");
    document
        .putObject("info")
        .put("title", "pgtopo")
        .put("version", "@version@")
        .put("summary", "Live PostgreSQL topology against the declared one")
        .put(
            "description",
            "null means unknown or not applicable; an empty list means that there is none. New keys"
                + " may appear; no key changes its meaning. Any answer may be 401, 413, 421, 429 or"
                + " 503, as ProblemDetail says.")
        .putObject("license")
        .put("name", "Apache-2.0")
        .put("identifier", "Apache-2.0");
    document.putArray("servers").addObject().put("url", "/");
    var security = document.putArray("security");
    security.addObject();
    security.addObject().putArray("basic");
    document.set("paths", paths);
    var components = document.putObject("components");
    var definitions = schemas.collectDefinitions("components/schemas");
    definitions.forEach(schema -> unwrap((ObjectNode) schema, definitions));
    definitions.forEach(schema -> schema.path("properties").forEach(OpenApiDocument::allowNull));
    components.set("schemas", definitions);
    components
        .putObject("securitySchemes")
        .putObject("basic")
        .put("type", "http")
        .put("scheme", "basic");
    return document;
  }

  /** Puts the keys of an unwrapped record in its place. */
  private static void unwrap(ObjectNode schema, ObjectNode definitions) {
    if (!schema.path("properties").has(UNWRAPPED)) {
      return;
    }
    var reference = schema.at("/properties/" + UNWRAPPED + "/$ref").asText();
    var inner = definitions.path(reference.substring(reference.lastIndexOf('/') + 1));
    var properties = MAPPER.createObjectNode();
    schema
        .path("properties")
        .properties()
        .forEach(
            property -> {
              if (property.getKey().equals(UNWRAPPED)) {
                properties.setAll((ObjectNode) inner.path("properties"));
              } else {
                properties.set(property.getKey(), property.getValue());
              }
            });
    schema.set("properties", properties);
    ArrayNode required = schema.putArray("required");
    properties.fieldNames().forEachRemaining(required::add);
  }

  /** A list of values is complete only with the null that the type allows. */
  private static void allowNull(JsonNode property) {
    if (property.path("type").isArray() && property.path("enum") instanceof ArrayNode values) {
      values.addNull();
    }
  }

  private static SchemaGeneratorConfig config() {
    var builder =
        new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
            .with(
                Option.DEFINITIONS_FOR_ALL_OBJECTS,
                Option.EXTRA_OPEN_API_FORMAT_VALUES,
                Option.FLATTENED_OPTIONALS,
                Option.INLINE_NULLABLE_SCHEMAS,
                Option.PLAIN_DEFINITION_KEYS)
            .without(Option.SCHEMA_VERSION_INDICATOR);
    builder.forTypesInGeneral().withPropertySorter((unusedScope, unusedContext) -> 0);
    builder
        .forFields()
        .withRequiredCheck(field -> true)
        .withPropertyNameOverrideResolver(OpenApiDocument::nameOf)
        .withDescriptionResolver(
            field ->
                Optional.ofNullable(field.getAnnotation(JsonPropertyDescription.class))
                    .filter(description -> !field.isFakeContainerItemScope())
                    .map(JsonPropertyDescription::value)
                    .orElse(null))
        .withEnumResolver(
            field ->
                Optional.ofNullable(field.getAnnotation(OneOf.class))
                    .filter(words -> !field.isContainerType())
                    .map(words -> labels(words.value()))
                    .orElse(null));
    return builder.build();
  }

  private static @Nullable String nameOf(FieldScope field) {
    if (field.getAnnotation(JsonUnwrapped.class) != null) {
      return UNWRAPPED;
    }
    return Optional.ofNullable(field.getAnnotation(JsonProperty.class))
        .map(JsonProperty::value)
        .orElse(null);
  }
}
