package io.pgtopo.exporter;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpStatus;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.config.Endpoint;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.function.BiFunction;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that pgtopo answers by HTTP: metrics, topology, drift and its own health. */
final class HttpApi {
  private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);

  private static final int MOST_THREADS = 8;
  private static final int LEAST_THREADS = 2;

  private final Latest latest;
  private final Reload reload;
  private final Exposition exposition;

  private HttpApi(Latest latest, Reload reload, PrometheusRegistry registry) {
    this.latest = latest;
    this.reload = reload;
    this.exposition = new Exposition(registry);
  }

  /** A server that is not started yet. Port 0 cannot be declared; a test starts it on its own. */
  static Javalin create(
      Endpoint listen, Latest latest, Reload reload, PrometheusRegistry registry) {
    var api = new HttpApi(latest, reload, registry);
    return Javalin.create(
        config -> {
          config.startup.showJavalinBanner = false;
          config.startup.startupWatcherEnabled = false;
          config.startup.showOldJavalinVersionWarning = false;
          config.jetty.host = listen.host();
          config.jetty.port = listen.port();
          config.jetty.threadPool = new QueuedThreadPool(MOST_THREADS, LEAST_THREADS);
          config.http.prefer405over404 = true;
          api.route(config);
        });
  }

  private void route(JavalinConfig config) {
    config.routes.before(HttpApi::secure);
    answer(config, "/", LandingPage::show);
    answer(config, "/metrics", exposition::answer);
    answer(config, "/livez", ctx -> ctx.result("ok\n"));
    answer(config, "/readyz", ctx -> ReadinessPage.show(ctx, latest.look(), reload.last()));
    answer(config, "/api/v1/topology", ctx -> json(ctx, TopologyJson::render));
    answer(config, "/api/v1/drift", ctx -> json(ctx, DriftJson::render));
    config.routes.error(
        HttpStatus.NOT_FOUND.getCode(),
        ctx -> HttpProblem.show(ctx, HttpStatus.NOT_FOUND, "nothing is at " + ctx.path()));
    config.routes.error(
        HttpStatus.METHOD_NOT_ALLOWED.getCode(),
        ctx ->
            HttpProblem.show(
                ctx,
                HttpStatus.METHOD_NOT_ALLOWED,
                "only GET and HEAD are answered, not " + ctx.method()));
    config.routes.exception(Exception.class, HttpApi::fail);
  }

  /** Javalin answers HEAD by itself with 200, whatever GET would say. */
  private static void answer(JavalinConfig config, String path, Handler handler) {
    config.routes.get(path, handler);
    config.routes.head(path, handler);
  }

  private static void secure(Context ctx) {
    ctx.header("Cache-Control", "no-store");
    ctx.header("X-Content-Type-Options", "nosniff");
    ctx.header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
  }

  private void json(Context ctx, BiFunction<Snapshot, List<ClusterView>, JsonObject> render) {
    switch (latest.look()) {
      case Latest.Fresh(var snapshot) -> {
        ctx.contentType("application/json");
        ctx.result(render.apply(snapshot, ClusterView.of(snapshot)).text());
      }
      case Latest.Nothing nothing ->
          HttpProblem.show(ctx, HttpStatus.SERVICE_UNAVAILABLE, ReadinessPage.reason(nothing));
      case Latest.Stale stale ->
          HttpProblem.show(ctx, HttpStatus.SERVICE_UNAVAILABLE, ReadinessPage.reason(stale));
    }
  }

  private static void fail(Exception bug, Context ctx) {
    LOG.error("{} {} failed", ctx.method(), ctx.path(), bug);
    HttpProblem.show(ctx, HttpStatus.INTERNAL_SERVER_ERROR, "a bug; the log has the details");
  }
}
