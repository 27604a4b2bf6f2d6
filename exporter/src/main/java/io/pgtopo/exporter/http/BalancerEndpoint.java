package io.pgtopo.exporter.http;

import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.ServiceUnavailableResponse;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.reading.ByteSizes;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.runtime.PublishedState;
import io.pgtopo.exporter.view.OneOf;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Health checks for load balancers, of the instance on this host. */
record BalancerEndpoint(PublishedState published) {
  /** The instance on this host. */
  record AvailableInstance(
      String instance, @OneOf(LiveRole.class) String role, Optional<Instant> observedAt) {}

  void show(Context ctx, Balancing.Check check) {
    Query.only(ctx, "lag");
    var maxLag = Optional.ofNullable(ctx.queryParam("lag")).map(BalancerEndpoint::bytes);
    var own =
        published
            .own()
            .get()
            .orElseThrow(
                () ->
                    new ServiceUnavailableResponse(
                        "cannot tell which declared instance this host is: none, or more than one,"
                            + " is declared at its addresses; set instance"));
    var result = Balancing.check(Api.fresh(published.recent()), own, check, maxLag);
    result.observedAt().ifPresent(at -> age(ctx, at));
    if (result.reason().isPresent()) {
      throw new ServiceUnavailableResponse(own + ": " + result.reason().get());
    }
    ctx.contentType("application/json");
    ctx.result(Json.text(new AvailableInstance(own, result.role().label(), result.observedAt())));
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
