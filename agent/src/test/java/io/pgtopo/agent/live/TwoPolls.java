package io.pgtopo.agent.live;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.track.TrackedDrift;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * The polls after servers show something by what they report themselves: within two of them it is
 * told. A poll that a busy machine made time out does not count.
 */
record TwoPolls(Watch watch) {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Polls are apart as those of an agent are, so that a position has the time to move. */
  private static final Duration INTERVAL = Duration.ofMillis(600);

  /** Whether the agent polls while the servers do not show it yet. */
  enum Meanwhile {
    POLL,
    WAIT
  }

  Snapshot after(
      BooleanSupplier isShown, Meanwhile meanwhile, String what, Predicate<Snapshot> wanted) {
    await(isShown, meanwhile);
    var open = List.<String>of();
    for (int polls = 0, all = 0; polls < 2 && all < 50; all++) {
      var snapshot = watch.cycle();
      if (wanted.test(snapshot)) {
        return snapshot;
      }
      open = watch.words(snapshot);
      polls += isLate(snapshot) ? 0 : 1;
      interval();
    }
    throw new AssertionError("after two polls, not " + what + ", but " + open);
  }

  private void await(BooleanSupplier isShown, Meanwhile meanwhile) {
    var end = Instant.now().plus(PATIENCE);
    while (!isShown.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("the servers do not show it within " + PATIENCE);
      }
      if (meanwhile == Meanwhile.POLL) {
        watch.cycle();
        interval();
      }
    }
  }

  private static void interval() {
    new CompletableFuture<>()
        .completeOnTimeout(true, INTERVAL.toMillis(), TimeUnit.MILLISECONDS)
        .join();
  }

  /** Of any presence, but for what flaps: that is told of what was. */
  static List<String> opened(Snapshot snapshot) {
    return snapshot.drifts().stream()
        .filter(tracked -> tracked.state() != TrackedDrift.State.FLAPPING)
        .map(tracked -> Watch.name(tracked.drift()))
        .sorted()
        .toList();
  }

  private static boolean isLate(Snapshot snapshot) {
    return snapshot.topology().unreachable().values().stream()
        .map(Failure::kind)
        .anyMatch(
            kind -> kind.isOwn() || kind == Failure.Kind.TIMEOUT || kind == Failure.Kind.HUNG);
  }
}
