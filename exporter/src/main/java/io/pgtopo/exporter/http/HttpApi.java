package io.pgtopo.exporter.http;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import io.javalin.http.servlet.JavalinServlet;
import io.pgtopo.exporter.metrics.Exposition;
import io.pgtopo.exporter.metrics.Meters;
import io.pgtopo.exporter.runtime.Counters;
import io.pgtopo.exporter.runtime.PublishedState;
import io.pgtopo.exporter.view.FleetReport;
import io.pgtopo.exporter.view.PackedText;
import io.pgtopo.exporter.view.SnapshotReport;
import io.pgtopo.exporter.view.TopologyReport;
import io.pgtopo.exporter.view.TopologyReport.InstancesReport;
import io.pgtopo.exporter.view.Version;
import io.pgtopo.exporter.web.Listener;
import io.pgtopo.exporter.web.Rejection;
import io.pgtopo.exporter.web.RequestFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routes of the HTTP server: metrics, topology, drift, and pgtopo's own health. */
public final class HttpApi {
  private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);

  private static final long LARGEST_BODY = 1024;

  private final PublishedState published;
  private final Counters counters;
  private final RequestFilter filter;
  private final MetricsEndpoint metrics;
  private final Api api;
  private final BalancerEndpoint balancer;
  private final ChangeEndpoints changes;
  private final Events events;

  private HttpApi(
      PublishedState published,
      Counters counters,
      RequestFilter filter,
      Meters meters,
      Events events,
      ResponseBudget budget) {
    this.published = published;
    this.counters = counters;
    this.filter = filter;
    this.metrics = new MetricsEndpoint(new Exposition(published.latest(), meters), budget);
    this.api = new Api(published, budget);
    this.balancer = new BalancerEndpoint(published);
    this.changes = new ChangeEndpoints(published, filter, api);
    this.events = events;
  }

  /**
   * A server that is not started yet.
   *
   * @param events are closed with it
   */
  public static HttpServer create(
      Listener listener,
      RequestFilter filter,
      PublishedState published,
      Meters meters,
      Counters counters,
      Events events) {
    var budget =
        new ResponseBudget(
            Runtime.getRuntime().availableProcessors(),
            listener.limits().unreadBytes(),
            listener::disconnect);
    var http = new HttpApi(published, counters, filter, meters, events, budget);
    var routes =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.startup.startupWatcherEnabled = false;
              config.startup.showOldJavalinVersionWarning = false;
              config.http.prefer405over404 = true;
              config.http.maxRequestSize = LARGEST_BODY;
              config.router.javaLangErrorHandler(
                  (response, error) -> {
                    LOG.error("A request failed", error);
                    response.setStatus(HttpStatus.INTERNAL_SERVER_ERROR.getCode());
                  });
              http.route(config);
            });
    return new HttpServer(listener, new JavalinServlet(routes.unsafe), events);
  }

  private void route(JavalinConfig config) {
    config.routes.before(
        ctx -> {
          filter.headers().forEach(ctx::header);
          filter.admit(ctx);
        });
    answer(config, "/", PageFiles::index);
    answer(config, "/page/{name}", PageFiles::show);
    answer(config, "/metrics", metrics::show);
    answer(config, "/livez", ctx -> ctx.result("ok\n"));
    answer(
        config,
        "/readyz",
        ctx -> ReadinessPage.show(ctx, published.latest().current(), published.reload().last()));
    for (var check : Balancing.Check.values()) {
      answer(config, check.path(), ctx -> balancer.show(ctx, check));
      config.routes.options(check.path(), ctx -> balancer.show(ctx, check));
    }
    answer(config, "/api/v1/clusters", api.report(FleetReport::of));
    answer(config, "/api/v1/instances", api.report(InstancesReport::of));
    answer(config, "/api/v1/topology", api.report(TopologyReport::of));
    answer(config, "/api/v1/tree", api::tree);
    answer(config, "/api/v1/services", api::services);
    answer(config, "/api/v1/safe", api::safety);
    answer(config, "/api/v1/drift", api::drift);
    answer(config, "/api/v1/changes", api::changes);
    answer(config, "/api/v1/kinds", api::kinds);
    answer(config, "/api/v1/inventory", api::inventory);
    answer(config, "/api/v1/snapshot", api.report(SnapshotReport::of));
    answer(config, "/api/v1/openapi.json", api::document);
    config.routes.get("/api/v1/events", events::stream);
    answer(config, "/sd", api::discovery);
    answer(config, "/api/v1/maintenance", changes::list);
    change(config, "/api/v1/maintenance", RequestFilter.Body.JSON, changes::set);
    change(config, "/api/v1/maintenance/end", RequestFilter.Body.JSON, changes::end);
    change(config, "/-/reload", RequestFilter.Body.NONE, changes::reload);
    problems(config);
  }

  private void problems(JavalinConfig config) {
    config.routes.exception(
        HttpResponseException.class,
        (problem, ctx) -> {
          if (problem instanceof Rejection rejection) {
            counters.count(rejection.kind());
            rejection.headers().forEach(ctx::header);
          }
          HttpProblems.show(
              ctx, HttpStatus.forStatus(problem.getStatus()), String.valueOf(problem.getMessage()));
        });
    config.routes.exception(
        Exception.class,
        (bug, ctx) -> {
          counters.count(Counters.Event.RENDER_FAILED);
          LOG.error("{} {} failed", ctx.method(), ctx.path(), bug);
          HttpProblems.show(
              ctx, HttpStatus.INTERNAL_SERVER_ERROR, "internal error; see the log for details");
        });
  }

  /** Javalin answers HEAD by itself with 200, whatever GET would say. */
  private static void answer(JavalinConfig config, String path, Handler handler) {
    config.routes.get(path, handler);
    config.routes.head(path, handler);
  }

  /** With the version of pgtopo in it. */
  static String resource(String name) {
    return PackedText.of(name).replace("@version@", Version.current());
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
