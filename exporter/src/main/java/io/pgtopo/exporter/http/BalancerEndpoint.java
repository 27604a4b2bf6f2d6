package io.pgtopo.exporter.http;

import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.NotFoundResponse;
import io.javalin.http.ServiceUnavailableResponse;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.reading.ByteSizes;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.runtime.PublishedState;
import io.pgtopo.exporter.view.OneOf;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Health checks for load balancers, of the instance on this host or of a named one. */
record BalancerEndpoint(PublishedState published) {
  /** The instance on this host, or the named one. */
  record AvailableInstance(
      String instance, @OneOf(LiveRole.class) String role, Optional<Instant> observedAt) {}

  void show(Context ctx, Balancing.Check check) {
    Query.only(ctx, "instance", "lag");
    var maxLag = Optional.ofNullable(ctx.queryParam("lag")).map(BalancerEndpoint::bytes);
    var snapshot = Api.fresh(published.recent());
    var instance = Optional.ofNullable(ctx.queryParam("instance")).orElseGet(this::own);
    var result =
        Balancing.check(snapshot, instance, check, maxLag)
            .orElseThrow(() -> undeclared(ctx, instance));
    result.observedAt().ifPresent(at -> age(ctx, at));
    if (result.reason().isPresent()) {
      throw new ServiceUnavailableResponse(instance + ": " + result.reason().get());
    }
    ctx.contentType("application/json");
    ctx.result(
        Json.text(new AvailableInstance(instance, result.role().label(), result.observedAt())));
  }

  private String own() {
    return published
        .own()
        .get()
        .orElseThrow(
            () ->
                new ServiceUnavailableResponse(
                    "cannot tell which declared instance this host is: none, or more than one,"
                        + " is declared at its addresses; set instance, or ask for one by"
                        + " ?instance=NAME"));
  }

  private static HttpResponseException undeclared(Context ctx, String instance) {
    return ctx.queryParam("instance") == null
        ? new ServiceUnavailableResponse(instance + ": it is not declared")
        : new NotFoundResponse("no instance of this name is declared");
  }

  private void age(Context ctx, Instant at) {
    var age = Duration.between(at, published.recent().clock().instant());
    ctx.header("X-Pgtopo-Observed-At", at.toString());
    ctx.header("X-Pgtopo-Age", Long.toString(Math.max(0, age.toSeconds())));
  }

  private static long bytes(String text) {
    return ByteSizes.parse(text)
        .orElseThrow(
            () ->
                new BadRequestResponse(
                    "lag must be a number of bytes, or of kB, MB, GB or TB: 16MB"));
  }
}
