package io.pgtopo.agent.postgres;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;

/**
 * Resolves host names, in a way that can be cancelled.
 *
 * <p>The system's own lookup cannot be interrupted and occupies a thread of the operating system.
 * So it runs in a thread of its own, once for all callers with the same name, and only few at a
 * time. Any thread may call it.
 */
final class Resolver {
  private static final int LOOKUPS_AT_A_TIME = 8;
  private static final Pattern LITERAL = Pattern.compile("[0-9.]+|.*:.*");

  /** The lookup itself: the system's, or a fake one in tests. */
  interface Lookup {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  private final Lookup lookup;
  private final Semaphore permits = new Semaphore(LOOKUPS_AT_A_TIME);
  private final ConcurrentMap<String, FutureTask<List<InetAddress>>> underWay =
      new ConcurrentHashMap<>();

  Resolver(Lookup lookup) {
    this.lookup = lookup;
  }

  /** The first address of a host name, which the driver connects to. */
  InetAddress address(String host) throws UnknownHostException, InterruptedException {
    return addresses(host).getFirst();
  }

  /**
   * The addresses of a host name, or of a numeric address, which needs no lookup.
   *
   * @throws InterruptedException if the caller is cancelled; the lookup continues for later callers
   */
  List<InetAddress> addresses(String host) throws UnknownHostException, InterruptedException {
    if (LITERAL.matcher(host).matches()) {
      return List.of(lookup.addresses(host));
    }
    try {
      return join(host).get();
    } catch (ExecutionException failed) {
      // Each caller gets an exception of its own.
      var unknown = new UnknownHostException(String.valueOf(reason(failed).getMessage()));
      unknown.initCause(failed);
      throw unknown;
    }
  }

  private static Throwable reason(ExecutionException failed) {
    return Objects.requireNonNullElse(failed.getCause(), failed);
  }

  private FutureTask<List<InetAddress>> join(String host) {
    var mine = new FutureTask<>(() -> lookUp(host));
    var others = underWay.putIfAbsent(host, mine);
    if (others != null) {
      return others;
    }
    Thread.ofVirtual().name("lookup of " + host).start(mine);
    return mine;
  }

  private List<InetAddress> lookUp(String host) throws UnknownHostException, InterruptedException {
    permits.acquire();
    try {
      return List.of(lookup.addresses(host));
    } finally {
      permits.release();
      underWay.remove(host);
    }
  }
}
