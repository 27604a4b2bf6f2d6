package io.pgtopo.exporter.client;

import io.pgtopo.config.model.IpAddress;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.platform.CommandFailed;
import io.pgtopo.exporter.platform.ProgressLine;
import io.pgtopo.exporter.view.ChangesReport;
import io.pgtopo.exporter.view.InventoryReport;
import io.pgtopo.exporter.view.ProblemDetail;
import io.pgtopo.exporter.view.SafetyQuestion;
import io.pgtopo.exporter.view.SafetyReport;
import io.pgtopo.exporter.view.SnapshotReport;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Asks a running agent by its HTTP API. */
public final class AgentClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int OK = 200;
  private static final int UNAUTHORIZED = 401;

  private final URI base;
  private final HttpClient client;
  private final AgentLogin login;

  /** Shows a waiting person what is in progress. */
  private final Supplier<ProgressLine> progress;

  private AgentClient(
      URI base, HttpClient client, AgentLogin login, Supplier<ProgressLine> progress) {
    this.progress = progress;
    this.base = base;
    this.client = client;
    this.login = login;
  }

  public static AgentClient at(URI base, AgentLogin login, Supplier<ProgressLine> progress) {
    if (base.getHost() == null || !String.valueOf(base.getScheme()).matches("https?")) {
      throw new CommandFailed("--agent is a URL such as http://127.0.0.1:8432. Found: " + base);
    }
    if (base.getUserInfo() != null) {
      throw new CommandFailed(
          "--agent takes no login, which every user of the machine could see; --agent-user and"
              + " --agent-password-file are for that");
    }
    if (login.authorization().isPresent() && isOpenToAll(base)) {
      throw new CommandFailed(
          "a login is not sent in the clear to another machine; wanted https. Found: " + base);
    }
    var client = HttpClient.newBuilder().connectTimeout(TIMEOUT);
    login.trust().ifPresent(client::sslContext);
    return new AgentClient(base, client.build(), login, progress);
  }

  private static boolean isOpenToAll(URI base) {
    return "http".equals(base.getScheme())
        && !IpAddress.isLoopback(base.getHost().replaceAll("[\\[\\]]", ""));
  }

  /** The last cycle. */
  public SnapshotReport snapshot() throws InterruptedException {
    return get("/api/v1/snapshot", SnapshotReport.class);
  }

  /** What happened lately. */
  public ChangesReport changes() throws InterruptedException {
    return get("/api/v1/changes", ChangesReport.class);
  }

  /** What is declared. */
  public InventoryReport inventory() throws InterruptedException {
    return get("/api/v1/inventory", InventoryReport.class);
  }

  /** Whether the primaries of some clusters, or of all if none is named, can be replaced. */
  public SafetyReport safety(SafetyQuestion question, List<String> clusters)
      throws InterruptedException {
    var parameters =
        Stream.of(
                clusters.stream().map(name -> "cluster=" + encoded(name)),
                question.promote().stream().map(name -> "promote=" + encoded(name)),
                question.lose().stream().map(name -> "lose=" + encoded(name)))
            .flatMap(it -> it)
            .collect(Collectors.joining("&", "?", ""));
    return get("/api/v1/safe" + parameters, SafetyReport.class);
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8);
  }

  private <T> T get(String path, Class<T> type) throws InterruptedException {
    return Json.read(get(path), type)
        .orElseThrow(
            () -> new CommandFailed("the server at %s is not a pgtopo agent".formatted(base)));
  }

  private String get(String path) throws InterruptedException {
    var address = URI.create(base.toString().replaceFirst("/+$", "") + path);
    var waiting = progress.get();
    try {
      var builder = HttpRequest.newBuilder(address).timeout(TIMEOUT);
      login.authorization().ifPresent(it -> builder.header("Authorization", it));
      var request = builder.build();
      var response = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() == OK) {
        return response.body();
      }
      if (response.statusCode() == UNAUTHORIZED) {
        throw new CommandFailed(
            "the agent at %s asks for a login%s"
                .formatted(
                    address,
                    login.authorization().isPresent()
                        ? ", and user and password are not right"
                        : "; --agent-user and --agent-password-file give one"));
      }
      throw new CommandFailed(
          "the agent at %s answered %d: %s"
              .formatted(address, response.statusCode(), detail(response.body())));
    } catch (ConnectException refused) {
      throw new CommandFailed(
          "no agent answers at %s: connection refused".formatted(address), refused);
    } catch (HttpTimeoutException late) {
      throw new CommandFailed(
          "no agent answers at %s within %d s".formatted(address, TIMEOUT.toSeconds()), late);
    } catch (SSLException distrusted) {
      throw new CommandFailed(
          "no agent is trusted at %s: %s; --agent-ca names the certificates to trust"
              .formatted(address, distrusted.getMessage()),
          distrusted);
    } catch (IOException failed) {
      throw new CommandFailed("no agent answers at %s: %s".formatted(address, failed), failed);
    } finally {
      waiting.end();
    }
  }

  private static String detail(String body) {
    return Json.read(body, ProblemDetail.class)
        .map(ProblemDetail::detail)
        .orElse("no reason that pgtopo understands");
  }
}
