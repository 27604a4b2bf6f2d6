package io.pgtopo.exporter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

/** Asks a running agent by its HTTP API. */
final class AgentClient {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int OK = 200;
  private static final int MOST_LOOKS = 5;

  /** What an agent answered to both questions, of one and the same cycle. */
  record Answer(JsonNode topology, JsonNode drift, String topologyText, String driftText) {}

  private final URI base;
  private final HttpClient client;

  private AgentClient(URI base, HttpClient client) {
    this.base = base;
    this.client = client;
  }

  static AgentClient at(URI base) {
    if (base.getHost() == null || !String.valueOf(base.getScheme()).matches("https?")) {
      throw new Trouble("--agent is a URL such as http://127.0.0.1:8432. Found: " + base);
    }
    if (base.getUserInfo() != null) {
      throw new Trouble("--agent takes no login: every user of the machine could see it");
    }
    return new AgentClient(base, HttpClient.newBuilder().connectTimeout(PATIENCE).build());
  }

  /** Topology and drift of one cycle. */
  Answer ask() throws InterruptedException {
    for (var looks = 0; looks < MOST_LOOKS; looks++) {
      var topologyText = get("/api/v1/topology");
      var driftText = get("/api/v1/drift");
      var answer = new Answer(json(topologyText), json(driftText), topologyText, driftText);
      if (answer.topology().path("endedAt").equals(answer.drift().path("endedAt"))) {
        return answer;
      }
    }
    throw new Trouble("the agent at %s looks faster than it can be asked".formatted(base));
  }

  private String get(String path) throws InterruptedException {
    var address = URI.create(base.toString().replaceFirst("/+$", "") + path);
    try {
      var request = HttpRequest.newBuilder(address).timeout(PATIENCE).build();
      var response = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() == OK) {
        return response.body();
      }
      throw new Trouble(
          "the agent at %s answered %d: %s"
              .formatted(address, response.statusCode(), detail(response.body())));
    } catch (ConnectException refused) {
      throw new Trouble("no agent answers at %s: connection refused".formatted(address), refused);
    } catch (HttpTimeoutException late) {
      throw new Trouble(
          "no agent answers at %s within %d s".formatted(address, PATIENCE.toSeconds()), late);
    } catch (IOException failed) {
      throw new Trouble("no agent answers at %s: %s".formatted(address, failed), failed);
    }
  }

  private static String detail(String body) {
    try {
      return new ObjectMapper().readTree(body).path("detail").asText("no reason");
    } catch (JsonProcessingException notJson) {
      return "no reason that pgtopo understands";
    }
  }

  private JsonNode json(String body) {
    try {
      return new ObjectMapper().readTree(body);
    } catch (JsonProcessingException notJson) {
      throw new Trouble("what answers at %s is no pgtopo agent".formatted(base), notJson);
    }
  }
}
