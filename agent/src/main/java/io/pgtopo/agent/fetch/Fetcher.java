package io.pgtopo.agent.fetch;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Failure.Kind;
import io.pgtopo.agent.observation.OutOfFilesError;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/**
 * Fetches documents with {@code GET}, and asks for a status with {@code OPTIONS}. It follows no
 * redirect, so that a login goes to the address that it is for and to no other. Any thread may use
 * it.
 */
public final class Fetcher implements AutoCloseable {
  private static final int OK = 200;
  private static final Set<Integer> LOGINS = Set.of(401, 403);

  private final HttpClient client;
  private final Duration deadline;
  private final int limit;

  /** What came of a request. */
  public sealed interface Fetched {

    /**
     * An answer.
     *
     * @param status of HTTP
     */
    record Answered(int status, String body) implements Fetched {

      /** The failure that a status other than 200 is. */
      public Optional<Failure> failure() {
        if (status == OK) {
          return Optional.empty();
        }
        var kind = LOGINS.contains(status) ? Kind.AUTHENTICATION : Kind.OTHER;
        return Optional.of(
            Failure.of(
                kind,
                "it answered with the HTTP status %d%s"
                    .formatted(status, status / 100 == 3 ? ", a redirect; none is followed" : "")));
      }
    }

    /** None came. */
    record Nothing(Failure failure) implements Fetched {}
  }

  /**
   * One that has fetched nothing.
   *
   * @param deadline of a request with its answer
   * @param limit of a body, in bytes
   * @param tls verifies servers; empty for what the JDK trusts
   */
  public Fetcher(Duration deadline, int limit, Optional<SSLContext> tls) {
    var builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(deadline)
            .executor(Executors.newVirtualThreadPerTaskExecutor());
    tls.ifPresent(builder::sslContext);
    this.client = builder.build();
    this.deadline = deadline;
    this.limit = limit;
  }

  /** The document of an address. Never throws. */
  public Fetched get(URI address, Optional<BasicLogin> login) {
    var request = HttpRequest.newBuilder(address).GET();
    login.ifPresent(it -> request.setHeader("Authorization", it.header()));
    return answer(request, address);
  }

  /** The status of an address, as HAProxy asks for it; without a login. Never throws. */
  public Fetched options(URI address) {
    var request = HttpRequest.newBuilder(address);
    return answer(request.method("OPTIONS", HttpRequest.BodyPublishers.noBody()), address);
  }

  private Fetched answer(HttpRequest.Builder request, URI address) {
    request.timeout(deadline);
    var answer = client.sendAsync(request.build(), unused -> new LimitedBody(limit));
    try {
      var response = answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      return new Fetched.Answered(response.statusCode(), response.body());
    } catch (ExecutionException failed) {
      return new Fetched.Nothing(
          failure(Objects.requireNonNullElse(failed.getCause(), failed), address));
    } catch (TimeoutException silent) {
      answer.cancel(true);
      return nothing(Kind.HUNG, "no whole answer within %d ms".formatted(deadline.toMillis()));
    } catch (InterruptedException ended) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      return nothing(Kind.AGENT_SLOW, "the request was interrupted");
    }
  }

  private static Fetched nothing(Kind kind, String message) {
    return new Fetched.Nothing(Failure.of(kind, message));
  }

  private static Failure failure(Throwable failed, URI address) {
    var causes = Stream.iterate(failed, it -> it != null, Throwable::getCause).limit(8).toList();
    if (causes.stream().anyMatch(Fetcher::isOutOfFiles)) {
      return Failure.of(Kind.AGENT_SLOW, OutOfFilesError.MESSAGE);
    }
    var kind = causes.stream().flatMap(cause -> kind(cause).stream()).findFirst();
    var message =
        causes.stream()
            .map(Throwable::getMessage)
            .filter(text -> text != null && !text.isBlank())
            .findFirst()
            .orElse(failed.getClass().getSimpleName());
    return Failure.of(
        kind.orElse(Kind.OTHER), "%s of %s".formatted(message, address.getAuthority()));
  }

  private static boolean isOutOfFiles(Throwable cause) {
    return cause instanceof IOException && OutOfFilesError.isReason(cause.getMessage());
  }

  private static Optional<Kind> kind(Throwable cause) {
    return Optional.ofNullable(
        switch (cause) {
          case HttpConnectTimeoutException timeout -> Kind.TIMEOUT;
          case java.net.http.HttpTimeoutException timeout -> Kind.HUNG;
          case UnresolvedAddressException unknown -> Kind.DNS;
          case NoRouteToHostException none -> Kind.NO_ROUTE;
          case LimitedBody.TooLong tooLong -> Kind.TOO_LARGE;
          case SSLException refused -> Kind.TLS;
          case ProtocolException other -> Kind.MALFORMED;
          case ConnectException failed when isUnresolved(failed) -> Kind.DNS;
          case ConnectException refused -> Kind.REFUSED;
          case IOException broken -> ofMessage(String.valueOf(broken.getMessage()));
          default -> null;
        });
  }

  private static boolean isUnresolved(ConnectException failed) {
    return failed.getCause() instanceof UnresolvedAddressException;
  }

  /** The client has no class of its own for what it cannot read. */
  private static Kind ofMessage(String message) {
    var text = message.toLowerCase(Locale.ROOT);
    return text.contains("status line") || text.contains("invalid") || text.contains("header size")
        ? Kind.MALFORMED
        : Kind.CONNECTION_LOST;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
