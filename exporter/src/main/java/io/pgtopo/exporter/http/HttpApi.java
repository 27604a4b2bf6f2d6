package io.pgtopo.exporter.http;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpStatus;
import io.pgtopo.exporter.metrics.Meters;
import io.pgtopo.exporter.runtime.Counters;
import io.pgtopo.exporter.runtime.PublishedState;
import io.pgtopo.exporter.web.Listener;
import io.pgtopo.exporter.web.Rejection;
import io.pgtopo.exporter.web.RequestFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that pgtopo answers by HTTP: metrics, topology, drift and its own health. */
public final class HttpApi {
  private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);

  private static final long LARGEST_BODY = 1024;

  private final PublishedState known;
  private final Counters counters;
  private final RequestFilter door;
  private final Exposition exposition;
  private final Api api;
  private final BalancerPage balancer;
  private final MaintenancePage maintenance;
  private final Events events;

  private HttpApi(
      PublishedState known,
      Counters counters,
      RequestFilter door,
      Meters meters,
      Events events,
      ResponseBudget outgoing) {
    this.known = known;
    this.counters = counters;
    this.door = door;
    var turns = new RenderLimit(Runtime.getRuntime().availableProcessors());
    this.exposition = new Exposition(meters, counters, turns, outgoing);
    this.api = new Api(known, counters, turns, outgoing);
    this.balancer = new BalancerPage(known);
    this.maintenance = new MaintenancePage(known, door, api);
    this.events = events;
  }

  /**
   * A server that is not started yet.
   *
   * @param events are closed with it
   */
  public static Javalin create(
      Listener listener,
      RequestFilter door,
      PublishedState known,
      Meters meters,
      Counters counters,
      Events events) {
    var outgoing = new ResponseBudget(listener.limits().unread(), listener::breakOff);
    var http = new HttpApi(known, counters, door, meters, events, outgoing);
    return Javalin.create(
        config -> {
          config.startup.showJavalinBanner = false;
          config.startup.startupWatcherEnabled = false;
          config.startup.showOldJavalinVersionWarning = false;
          config.jetty.threadPool = Listener.threads();
          config.jetty.modifyServer(server -> server.setErrorHandler(new JettyProblems()));
          config.jetty.addConnector(listener::connect);
          config.http.prefer405over404 = true;
          config.http.maxRequestSize = LARGEST_BODY;
          config.router.javaLangErrorHandler(
              (response, error) -> {
                LOG.error("An answer failed", error);
                response.setStatus(HttpStatus.INTERNAL_SERVER_ERROR.getCode());
              });
          config.events.serverStopping(events::close);
          http.route(config);
        });
  }

  private void route(JavalinConfig config) {
    config.routes.before(this::admit);
    answer(config, "/", LandingPage::show);
    answer(config, "/metrics", exposition::answer);
    answer(config, "/livez", ctx -> ctx.result("ok\n"));
    answer(
        config,
        "/readyz",
        ctx -> ReadinessPage.show(ctx, known.latest().look(), known.reload().last()));
    for (var question : Balancing.Question.values()) {
      answer(config, question.path(), ctx -> balancer.show(ctx, question));
      config.routes.options(question.path(), ctx -> balancer.show(ctx, question));
    }
    answer(config, "/api/v1/clusters", api::clusters);
    answer(config, "/api/v1/instances", api::instances);
    answer(config, "/api/v1/topology", api::topology);
    answer(config, "/api/v1/services", api::services);
    answer(config, "/api/v1/drift", api::drift);
    answer(config, "/api/v1/changes", api::changes);
    answer(config, "/api/v1/inventory", api::inventory);
    answer(config, "/api/v1/snapshot", api::snapshot);
    answer(config, "/api/v1/openapi.json", api::document);
    config.routes.get("/api/v1/events", events::stream);
    answer(config, "/sd", api::discovery);
    answer(config, "/api/v1/maintenance", maintenance::list);
    change(config, "/api/v1/maintenance", RequestFilter.Body.JSON, maintenance::set);
    change(config, "/api/v1/maintenance/end", RequestFilter.Body.JSON, maintenance::end);
    change(config, "/-/reload", RequestFilter.Body.NONE, new ReloadPage(known.reload())::ask);
    problems(config);
  }

  private static void problems(JavalinConfig config) {
    config.routes.error(
        HttpStatus.NOT_FOUND.getCode(),
        ctx ->
            HttpProblem.showUnlessShown(ctx, HttpStatus.NOT_FOUND, "nothing is at " + ctx.path()));
    config.routes.error(
        HttpStatus.METHOD_NOT_ALLOWED.getCode(),
        ctx ->
            HttpProblem.showUnlessShown(
                ctx, HttpStatus.METHOD_NOT_ALLOWED, "this method is not answered here"));
    config.routes.exception(
        BadRequest.class,
        (mistake, ctx) -> HttpProblem.show(ctx, mistake.status(), mistake.text()));
    config.routes.exception(Exception.class, HttpApi::fail);
  }

  /** Javalin answers HEAD by itself with 200, whatever GET would say. */
  private static void answer(JavalinConfig config, String path, Handler handler) {
    config.routes.get(path, handler);
    config.routes.head(path, handler);
  }

  /** Only POST changes anything. */
  private void change(JavalinConfig config, String path, RequestFilter.Body body, Handler handler) {
    config.routes.post(
        path,
        ctx -> {
          var refusal = door.judgeChange(ctx, body);
          if (refusal.isPresent()) {
            refuse(ctx, refusal.get());
          } else {
            handler.handle(ctx);
          }
        });
  }

  private void admit(Context ctx) {
    door.headers().forEach(ctx::header);
    var refusal = door.judge(ctx);
    if (refusal.isPresent()) {
      refuse(ctx, refusal.get());
      ctx.skipRemainingHandlers();
    }
  }

  private void refuse(Context ctx, Rejection refusal) {
    counters.count(refusal.reason());
    HttpProblem.refuse(ctx, refusal);
  }

  private static void fail(Exception bug, Context ctx) {
    LOG.error("{} {} failed", ctx.method(), ctx.path(), bug);
    HttpProblem.show(ctx, HttpStatus.INTERNAL_SERVER_ERROR, "a bug; the log has the details");
  }
}
