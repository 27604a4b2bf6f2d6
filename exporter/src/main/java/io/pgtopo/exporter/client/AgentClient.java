package io.pgtopo.exporter.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgtopo.config.model.IpAddress;
import io.pgtopo.exporter.platform.CommandFailed;
import io.pgtopo.exporter.platform.Progress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/** Asks a running agent by its HTTP API. */
public final class AgentClient {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int OK = 200;
  private static final int UNAUTHORIZED = 401;
  private static final int MOST_LOOKS = 5;

  /** What an agent answered to both questions, of one and the same cycle. */
  public record Answer(JsonNode topology, JsonNode drift, String topologyText, String driftText) {}

  private final URI base;
  private final HttpClient client;
  private final AgentLogin login;

  /** Tells a person that waits. */
  private final Supplier<Progress> progress;

  private AgentClient(URI base, HttpClient client, AgentLogin login, Supplier<Progress> progress) {
    this.progress = progress;
    this.base = base;
    this.client = client;
    this.login = login;
  }

  public static AgentClient at(URI base, AgentLogin login, Supplier<Progress> progress) {
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
    var client = HttpClient.newBuilder().connectTimeout(PATIENCE);
    login.trust().ifPresent(client::sslContext);
    return new AgentClient(base, client.build(), login, progress);
  }

  private static boolean isOpenToAll(URI base) {
    return "http".equals(base.getScheme())
        && !IpAddress.isLoopback(base.getHost().replaceAll("[\\[\\]]", ""));
  }

  /** Topology and drift of one cycle. */
  public Answer ask() throws InterruptedException {
    for (var looks = 0; looks < MOST_LOOKS; looks++) {
      var topologyText = get("/api/v1/topology");
      var driftText = get("/api/v1/drift");
      var answer =
          new Answer(json(base, topologyText), json(base, driftText), topologyText, driftText);
      if (answer.topology().path("endedAt").equals(answer.drift().path("endedAt"))) {
        return answer;
      }
    }
    throw new CommandFailed("the agent at %s looks faster than it can be asked".formatted(base));
  }

  /** The answer about what happened lately. */
  public String changes() throws InterruptedException {
    return get("/api/v1/changes");
  }

  /** The answer about what is declared. */
  public JsonNode inventory() throws InterruptedException {
    return json(base, get("/api/v1/inventory"));
  }

  /** The names of all clusters that it watches. */
  public List<String> clusters() throws InterruptedException {
    return new AgentAnswer(ask()).clusters();
  }

  private String get(String path) throws InterruptedException {
    var address = URI.create(base.toString().replaceFirst("/+$", "") + path);
    var waiting = progress.get();
    try {
      var builder = HttpRequest.newBuilder(address).timeout(PATIENCE);
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
          "no agent answers at %s within %d s".formatted(address, PATIENCE.toSeconds()), late);
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
    try {
      return new ObjectMapper().readTree(body).path("detail").asText("no reason");
    } catch (JsonProcessingException notJson) {
      return "no reason that pgtopo understands";
    }
  }

  private static JsonNode json(URI base, String body) {
    try {
      return new ObjectMapper().readTree(body);
    } catch (JsonProcessingException notJson) {
      throw new CommandFailed("what answers at %s is no pgtopo agent".formatted(base), notJson);
    }
  }
}
