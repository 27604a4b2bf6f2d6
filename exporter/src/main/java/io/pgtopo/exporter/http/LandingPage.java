package io.pgtopo.exporter.http;

import io.javalin.http.Context;
import io.pgtopo.exporter.view.Version;

/** The page at the root: what is where. */
final class LandingPage {
  private static final String HTML =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <title>pgtopo</title>
      <style>body { font: 1rem/1.5 sans-serif; margin: 3rem auto; max-width: 40rem }</style>
      </head>
      <body>
      <h1>pgtopo VERSION</h1>
      <p>Live PostgreSQL topology against the declared one.</p>
      <ul>
      <li><a href="/metrics">/metrics</a>: for Prometheus</li>
      <li><a href="/api/v1/topology">/api/v1/topology</a>: what is there</li>
      <li><a href="/api/v1/drift">/api/v1/drift</a>: how it differs from what is declared</li>
      <li><a href="/api/v1/changes">/api/v1/changes</a>: what happened lately</li>
      <li><a href="/api/v1/clusters">/api/v1/clusters</a>,
          <a href="/api/v1/instances">/api/v1/instances</a>,
          <a href="/api/v1/services">/api/v1/services</a>,
          <a href="/api/v1/inventory">/api/v1/inventory</a>,
          <a href="/api/v1/snapshot">/api/v1/snapshot</a>: the same by parts, and at once</li>
      <li><a href="/api/v1/events">/api/v1/events</a>: what changes, when it changes</li>
      <li><a href="/api/v1/openapi.json">/api/v1/openapi.json</a>: all of that described</li>
      <li><a href="/sd">/sd</a>: the instances as targets for Prometheus</li>
      <li><a href="/primary">/primary</a>, <a href="/replica">/replica</a>,
          <a href="/read-only">/read-only</a>, <a href="/health">/health</a>: the instance on this
          machine, for load balancers</li>
      <li><a href="/readyz?verbose">/readyz</a>, <a href="/livez">/livez</a>: pgtopo's health</li>
      </ul>
      </body>
      </html>
      """;

  private LandingPage() {}

  static void show(Context ctx) {
    ctx.html(HTML.replace("VERSION", Version.current()));
  }
}
