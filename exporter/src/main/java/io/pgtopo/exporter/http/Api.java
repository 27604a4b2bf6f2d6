package io.pgtopo.exporter.http;

import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpStatus;
import io.javalin.http.NotFoundResponse;
import io.javalin.http.ServiceUnavailableResponse;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.runtime.LatestSnapshot;
import io.pgtopo.exporter.runtime.PublishedState;
import io.pgtopo.exporter.text.GraphSvg;
import io.pgtopo.exporter.text.GraphText;
import io.pgtopo.exporter.text.Style;
import io.pgtopo.exporter.text.TreeText;
import io.pgtopo.exporter.view.ChangesReport;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.DriftReport;
import io.pgtopo.exporter.view.InventoryReport;
import io.pgtopo.exporter.view.KindsReport;
import io.pgtopo.exporter.view.Runbook;
import io.pgtopo.exporter.view.SafetyQuestion;
import io.pgtopo.exporter.view.SafetyReport;
import io.pgtopo.exporter.view.ServicesReport;
import io.pgtopo.exporter.view.SnapshotReport;
import io.pgtopo.exporter.view.TargetGroup;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/** The JSON API. Unfiltered responses are rendered once per snapshot. */
final class Api {
  private static final int TAG_BYTES = 12;
  private static final String FORMAT = "format";
  private static final String SVG = "svg";

  /** Of a line of text. */
  private static final int COLUMNS = 120;

  private static final SortedMap<String, Function<SnapshotReport, String>> TREES =
      Collections.unmodifiableSortedMap(
          new TreeMap<>(
              Map.of(
                  "text",
                  report -> TreeText.render(report, Style.PLAIN.withWidth(COLUMNS)),
                  "mermaid",
                  GraphText::mermaid,
                  "dot",
                  GraphText::dot,
                  SVG,
                  GraphSvg::render)));

  /** The body of a response, and its ETag. */
  private static final class Text {
    private final byte[] bytes;
    private final String tag;

    Text(String text) {
      bytes = text.getBytes(StandardCharsets.UTF_8);
      // Weak, since the text is the same when compressed.
      tag = "W/\"" + digest(bytes) + "\"";
    }
  }

  /** An unfiltered response, and the snapshot that it was made from. */
  private record Kept(Snapshot of, Text text) {
    @SuppressWarnings("ReferenceEquality") // Comparing a whole fleet would cost more.
    boolean isOf(Snapshot snapshot) {
      return of == snapshot;
    }
  }

  /** The clusters of the snapshot that was asked for last: each request concerns a few of them. */
  private record Viewed(Snapshot of, List<ClusterView> clusters) {
    @SuppressWarnings("ReferenceEquality") // Comparing a whole fleet would cost more.
    boolean isOf(Snapshot snapshot) {
      return of == snapshot;
    }
  }

  private final PublishedState published;
  private final ResponseBudget budget;
  private final AtomicReference<Optional<Viewed>> viewed = new AtomicReference<>(Optional.empty());
  private final Map<String, Kept> kept = new ConcurrentHashMap<>();
  private final Text document = new Text(HttpApi.resource("openapi.json"));
  private final Text kinds = new Text(Json.text(KindsReport.of(Runbook.packed())));

  Api(PublishedState published, ResponseBudget budget) {
    this.published = published;
    this.budget = budget;
  }

  /** A report of some clusters. */
  Handler report(BiFunction<Snapshot, List<ClusterView>, Object> report) {
    return ctx ->
        ofSnapshot(ctx, (snapshot, query) -> report.apply(snapshot, views(snapshot, query)));
  }

  void drift(Context ctx) {
    ofSnapshot(
        ctx,
        (snapshot, query) -> DriftReport.of(snapshot, views(snapshot, query), query::includes),
        Query.CLUSTER,
        Query.KIND,
        Query.SEVERITY);
  }

  void changes(Context ctx) {
    ofSnapshot(ctx, (snapshot, query) -> ChangesReport.of(snapshot, query::includes));
  }

  /** What is declared is known before the first cycle, the roles of the servers are not. */
  void services(Context ctx) {
    var inventory = published.config().get().inventory();
    var query = Query.of(ctx, inventory, Query.CLUSTER);
    var clusters = inventory.clusters().stream().filter(it -> query.includes(it.name())).toList();
    tagged(ctx, Json.text(ServicesReport.of(clusters, published.latest().current().fresh())));
  }

  /** It depends on the age of the snapshot, and so is not kept. */
  void safety(Context ctx) {
    var snapshot = fresh(published.latest());
    var query = Query.of(ctx, snapshot.inventory(), Query.CLUSTER, Query.PROMOTE, Query.LOSE);
    var question =
        new SafetyQuestion(
            Optional.ofNullable(ctx.queryParam(Query.PROMOTE)),
            Optional.ofNullable(ctx.queryParam(Query.LOSE)));
    question
        .mistake(snapshot.inventory())
        .ifPresent(
            sentence -> {
              throw new NotFoundResponse(sentence);
            });
    var age = age(snapshot);
    ctx.header("X-Pgtopo-Age", Long.toString(age.toSeconds()));
    tagged(
        ctx,
        budget.render(() -> Json.text(SafetyReport.of(snapshot, query::includes, question, age))));
  }

  private Duration age(Snapshot snapshot) {
    var age = Duration.between(snapshot.window().to(), published.latest().clock().instant());
    return age.isNegative() ? Duration.ZERO : age;
  }

  void inventory(Context ctx) {
    var config = published.config().get();
    var query = Query.of(ctx, config.inventory(), Query.CLUSTER);
    tagged(ctx, Json.text(InventoryReport.of(config, query::includes)));
  }

  /** Prometheus keeps its targets on any status but 200, and drops all for an empty list. */
  void discovery(Context ctx) {
    var snapshot = fresh(published.latest());
    var query = Query.of(ctx, snapshot.inventory(), Query.CLUSTER);
    tagged(ctx, Json.text(TargetGroup.of(views(snapshot, query))));
  }

  void document(Context ctx) {
    Query.only(ctx);
    tagged(ctx, document);
  }

  /** The topology as text or as a picture, as {@code pgtopo tree} prints it. */
  void tree(Context ctx) {
    var snapshot = fresh(published.latest());
    var query = Query.of(ctx, snapshot.inventory(), Query.CLUSTER, FORMAT);
    var name = Objects.requireNonNullElse(ctx.queryParam(FORMAT), "text");
    var format =
        Optional.ofNullable(TREES.get(name))
            .orElseThrow(
                () ->
                    new BadRequestResponse(
                        "format must be one of " + String.join(", ", TREES.keySet())));
    var text =
        budget.render(() -> format.apply(SnapshotReport.of(snapshot, views(snapshot, query))));
    ctx.contentType((name.equals(SVG) ? "image/svg+xml" : "text/plain") + ";charset=utf-8");
    ctx.result(text);
  }

  void kinds(Context ctx) {
    Query.only(ctx);
    tagged(ctx, kinds);
  }

  private List<ClusterView> views(Snapshot snapshot, Query query) {
    return viewed
        .get()
        .filter(it -> it.isOf(snapshot))
        .orElseGet(() -> view(snapshot))
        .clusters()
        .stream()
        .filter(view -> query.includes(view.cluster().name()))
        .toList();
  }

  private Viewed view(Snapshot snapshot) {
    var made = new Viewed(snapshot, ClusterView.of(snapshot));
    viewed.set(Optional.of(made));
    return made;
  }

  private void ofSnapshot(
      Context ctx, BiFunction<Snapshot, Query, Object> render, String... parameters) {
    var snapshot = fresh(published.latest());
    var allowed = parameters.length == 0 ? new String[] {Query.CLUSTER} : parameters;
    var query = Query.of(ctx, snapshot.inventory(), allowed);
    Supplier<Text> text = () -> new Text(Json.text(render.apply(snapshot, query)));
    var path = ctx.path();
    var isWhole = query.isEverything();
    ctx.header("X-Pgtopo-Age", Long.toString(age(snapshot).toSeconds()));
    tagged(ctx, budget.render(isWhole ? () -> whole(path, snapshot, text) : text));
  }

  /**
   * The snapshot to answer from.
   *
   * @throws ServiceUnavailableResponse if there is none that is fresh
   */
  static Snapshot fresh(LatestSnapshot latest) {
    var current = latest.current();
    return current.fresh().orElseThrow(() -> new ServiceUnavailableResponse(current.status()));
  }

  private Text whole(String path, Snapshot snapshot, Supplier<Text> text) {
    return kept.compute(
            path,
            (same, before) ->
                before != null && before.isOf(snapshot) ? before : new Kept(snapshot, text.get()))
        .text();
  }

  /** Sends the text, unless the client has it already. */
  void tagged(Context ctx, String text) {
    tagged(ctx, new Text(text));
  }

  private void tagged(Context ctx, Text text) {
    ctx.header("ETag", text.tag);
    var cached = ctx.header("If-None-Match");
    if (cached != null && isOneOf(text.tag, cached)) {
      ctx.status(HttpStatus.NOT_MODIFIED);
      return;
    }
    ctx.contentType("application/json");
    if (!ctx.method().equals(HandlerType.HEAD)) {
      budget.send(ctx, text, text.bytes.length, new ByteArrayInputStream(text.bytes));
    }
  }

  private static boolean isOneOf(String tag, String list) {
    var strong = tag.substring("W/".length());
    return Arrays.stream(list.split(",", -1))
        .map(String::strip)
        .anyMatch(one -> one.equals("*") || one.equals(tag) || one.equals(strong));
  }

  private static String digest(byte[] text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(text);
      return HexFormat.of().formatHex(digest, 0, TAG_BYTES);
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("every JVM has SHA-256", missing);
    }
  }
}
