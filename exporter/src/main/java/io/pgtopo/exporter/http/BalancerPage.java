package io.pgtopo.exporter.http;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.reading.ByteSizes;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.runtime.LatestSnapshot;
import io.pgtopo.exporter.runtime.PublishedState;
import io.pgtopo.exporter.view.OneOf;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The answers for load balancers, of the instance on this machine. */
final class BalancerPage {
  /** The instance on this machine. */
  record OwnInstance(
      String instance, @OneOf(LiveRole.class) String role, Optional<Instant> observedAt) {}

  private final PublishedState known;

  BalancerPage(PublishedState known) {
    this.known = known;
  }

  void show(Context ctx, Balancing.Question question) {
    Query.only(ctx, "lag");
    var lag = Optional.ofNullable(ctx.queryParam("lag")).map(BalancerPage::bytes);
    var own = known.own().get();
    if (own.isEmpty()) {
      refuse(
          ctx,
          "nobody knows which instance runs on this machine: none, or more than one, is declared at"
              + " its addresses; the setting instance names it");
      return;
    }
    var look = known.recent().look();
    switch (look) {
      case LatestSnapshot.Fresh(var snapshot) -> show(ctx, snapshot, own.get(), question, lag);
      case LatestSnapshot.Nothing nothing -> refuse(ctx, ReadinessPage.reason(nothing));
      case LatestSnapshot.Stale stale -> refuse(ctx, ReadinessPage.reason(stale));
    }
  }

  private void show(
      Context ctx,
      Snapshot snapshot,
      String own,
      Balancing.Question question,
      Optional<Long> longestLag) {
    var answer = Balancing.judge(snapshot, own, question, longestLag);
    answer.observedAt().ifPresent(at -> age(ctx, at));
    if (answer.reason().isPresent()) {
      refuse(ctx, own + ": " + answer.reason().get());
      return;
    }
    ctx.contentType("application/json");
    ctx.result(
        Json.text(new OwnInstance(answer.instance(), answer.role().label(), answer.observedAt())));
  }

  private void age(Context ctx, Instant at) {
    var age = Duration.between(at, known.recent().clock().instant());
    ctx.header("X-Pgtopo-Observed-At", at.toString());
    ctx.header("X-Pgtopo-Age", Long.toString(Math.max(0, age.toSeconds())));
  }

  private static void refuse(Context ctx, String reason) {
    HttpProblem.show(ctx, HttpStatus.SERVICE_UNAVAILABLE, reason);
  }

  private static long bytes(String text) {
    return ByteSizes.parse(text)
        .orElseThrow(
            () -> new BadRequest("lag is wanted as bytes, or with kB, MB, GB or TB: 16MB"));
  }
}
