package io.pgtopo.exporter;

import io.javalin.http.Context;

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
