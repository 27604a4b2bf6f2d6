package io.pgtopo.exporter.http;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import io.pgtopo.exporter.metrics.Exposition;
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
  private final RequestFilter filter;
  private final MetricsEndpoint metrics;
  private final Api api;
  private final BalancerPage balancer;
  private final MaintenancePage maintenance;
  private final Events events;

  private HttpApi(
      PublishedState known,
      Counters counters,
      RequestFilter filter,
      Meters meters,
      Events events,
      ResponseBudget budget) {
    this.known = known;
    this.counters = counters;
    this.filter = filter;
    this.metrics = new MetricsEndpoint(new Exposition(known.latest(), meters), budget);
    this.api = new Api(known, budget);
    this.balancer = new BalancerPage(known);
    this.maintenance = new MaintenancePage(known, filter, api);
    this.events = events;
  }

  /**
   * A server that is not started yet.
   *
   * @param events are closed with it
   */
  public static Javalin create(
      Listener listener,
      RequestFilter filter,
      PublishedState known,
      Meters meters,
      Counters counters,
      Events events) {
    var budget =
        new ResponseBudget(
            Runtime.getRuntime().availableProcessors(),
            listener.limits().unread(),
            listener::breakOff);
    var http = new HttpApi(known, counters, filter, meters, events, budget);
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
                LOG.error("A request failed", error);
                response.setStatus(HttpStatus.INTERNAL_SERVER_ERROR.getCode());
              });
          config.events.serverStopping(events::close);
          http.route(config);
        });
  }

  private void route(JavalinConfig config) {
    config.routes.before(
        ctx -> {
          filter.headers().forEach(ctx::header);
          filter.admit(ctx);
        });
    answer(config, "/", LandingPage::show);
    answer(config, "/metrics", metrics::show);
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

  private void problems(JavalinConfig config) {
    config.routes.exception(
        HttpResponseException.class,
        (problem, ctx) -> {
          if (problem instanceof Rejection rejection) {
            counters.count(rejection.reason());
            rejection.headers().forEach(ctx::header);
          }
          HttpProblem.show(
              ctx, HttpStatus.forStatus(problem.getStatus()), String.valueOf(problem.getMessage()));
        });
    config.routes.exception(
        BadRequest.class,
        (mistake, ctx) -> HttpProblem.show(ctx, mistake.status(), mistake.text()));
    config.routes.exception(
        Exception.class,
        (bug, ctx) -> {
          LOG.error("{} {} failed", ctx.method(), ctx.path(), bug);
          HttpProblem.show(
              ctx, HttpStatus.INTERNAL_SERVER_ERROR, "internal error; see the log for details");
        });
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
          filter.admitChange(ctx, body);
          handler.handle(ctx);
        });
  }
}
