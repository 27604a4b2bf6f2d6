package io.pgtopo.agent;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * The addresses of host names that polled servers report. A name server that is silent delays a
 * cycle once and for a moment; a late reply counts when it comes. Used by one thread.
 */
final class HostNames implements AutoCloseable {
  private static final int LOOKUPS_AT_A_TIME = 2;
  private static final int MOST_NAMES = 256;
  private static final long WAIT_MILLIS = 250;

  /** Cycles after which a name is looked up again, and one that had no address. */
  private static final int STALE_AFTER = 60;

  private static final int FAILED_STALE_AFTER = 12;

  private final Function<String, List<String>> lookup;
  private final Map<String, Resolution> resolutions = new HashMap<>();

  /** Threads of the operating system, which the system's own lookup holds until it ends. */
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          LOOKUPS_AT_A_TIME, Thread.ofPlatform().daemon().name("lookups-", 0).factory());

  HostNames(Function<String, List<String>> lookup) {
    this.lookup = lookup;
  }

  private record Resolution(Future<List<String>> addresses, int age) {}

  /** What is known by now; a name without an address has an empty list. */
  Map<String, List<String>> known() {
    var known = new TreeMap<String, List<String>>();
    resolutions.forEach(
        (host, resolution) -> {
          if (resolution.addresses.isDone()) {
            known.put(host, result(resolution.addresses));
          }
        });
    return known;
  }

  /** Looks up names that are not being looked up yet, and waits for them a moment. */
  void resolve(Set<String> hosts) throws InterruptedException {
    var fresh =
        hosts.stream()
            .filter(host -> !resolutions.containsKey(host))
            .limit(Math.max(0, MOST_NAMES - resolutions.size()))
            .toList();
    fresh.forEach(
        host -> resolutions.put(host, new Resolution(threads.submit(() -> lookup.apply(host)), 0)));
    var isLate = false;
    for (var host : fresh) {
      var resolution = resolutions.get(host);
      if (resolution != null && !isLate) {
        isLate = !isInTime(resolution.addresses);
      }
    }
  }

  /** One cycle has passed. */
  void age() {
    resolutions.replaceAll(
        (host, resolution) -> new Resolution(resolution.addresses, resolution.age + 1));
    resolutions
        .values()
        .removeIf(
            resolution ->
                resolution.addresses.isDone()
                    && resolution.age
                        > (result(resolution.addresses).isEmpty()
                            ? FAILED_STALE_AFTER
                            : STALE_AFTER));
  }

  private static boolean isInTime(Future<List<String>> resolution) throws InterruptedException {
    try {
      resolution.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException failed) {
      return true;
    } catch (TimeoutException late) {
      return false;
    }
  }

  private static List<String> result(Future<List<String>> done) {
    return done.state() == Future.State.SUCCESS ? done.resultNow() : List.of();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
