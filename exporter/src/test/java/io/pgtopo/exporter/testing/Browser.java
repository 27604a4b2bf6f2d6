package io.pgtopo.exporter.testing;

import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Debian's Chromium without a window, driven by its DevTools protocol. One tab. */
public final class Browser implements AutoCloseable, WebSocket.Listener {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String LISTENING = "DevTools listening on ";
  private static final int PATIENCE_SECONDS = 30;

  private final Process process;
  private final Path profile;
  private final HttpClient client = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final String session;
  private final AtomicInteger sent = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> awaited = new ConcurrentHashMap<>();
  private final StringBuilder received = new StringBuilder();

  /** What the page did wrong: errors in its code, and violations of its policy. */
  private final Queue<String> complaints = new ConcurrentLinkedQueue<>();

  private final Queue<String> requests = new ConcurrentLinkedQueue<>();

  private Browser(Process process, Path profile, URI address) {
    this.process = process;
    this.profile = profile;
    this.socket = client.newWebSocketBuilder().buildAsync(address, this).join();
    var target = send("", "Target.createTarget", Map.of("url", "about:blank"));
    session =
        send(
                "",
                "Target.attachToTarget",
                Map.of("targetId", target.path("targetId").asText(), "flatten", true))
            .path("sessionId")
            .asText();
    for (var domain : List.of("Page", "Runtime", "Log", "Network")) {
      send(domain + ".enable", Map.of());
    }
    // By the time of its processor, not by the wall clock: other work does not count.
    send("Performance.enable", Map.of("timeDomain", "threadTicks"));
  }

  /** Starts it; the test is skipped where there is none. */
  public static Browser start() throws IOException {
    var profile = Files.createTempDirectory("chromium");
    var process =
        new ProcessBuilder(
                program(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-extensions",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    var errors =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
    for (var line = errors.readLine(); line != null; line = errors.readLine()) {
      if (line.startsWith(LISTENING)) {
        Thread.ofVirtual().start(() -> errors.lines().forEach(it -> {}));
        return new Browser(process, profile, URI.create(line.substring(LISTENING.length())));
      }
    }
    throw new IllegalStateException("Chromium ended with " + process.exitValue());
  }

  private static String program() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, "chromium"))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElseGet(() -> abort("chromium is not on the PATH"));
  }

  /** Errors and violations so far. */
  public List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** The addresses that the page has requested so far. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** As large as a window of this size, light or dark. */
  public void look(int width, int height, String scheme) {
    send(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    send(
        "Emulation.setEmulatedMedia",
        Map.of(
            "media",
            "",
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** As a user who is asked for a login and gives none. */
  public void refuseLogins() {
    send("Fetch.enable", Map.of("handleAuthRequests", true));
  }

  /** As on paper. */
  public void print() {
    send("Emulation.setEmulatedMedia", Map.of("media", "print"));
  }

  /** Requests for such addresses fail, as behind a proxy that does not let them pass. */
  public void block(String pattern) {
    send("Network.setBlockedURLs", Map.of("urls", List.of(pattern)));
  }

  /** Navigates. */
  public void open(String url) {
    send("Page.navigate", Map.of("url", url));
  }

  /** The value of an expression, or of the promise that it is. */
  public JsonNode evaluate(String script) {
    var answer =
        send(
            "Runtime.evaluate",
            Map.of("expression", script, "awaitPromise", true, "returnByValue", true));
    if (answer.has("exceptionDetails")) {
      throw new IllegalStateException(script + ": " + answer.path("exceptionDetails"));
    }
    return answer.path("result").path("value");
  }

  /** How long the main thread of the page has worked, all of its scripts, layout and painting. */
  public Duration busy() {
    for (var metric : send("Performance.getMetrics", Map.of()).path("metrics")) {
      if (metric.path("name").asText().equals("TaskDuration")) {
        return Duration.ofNanos((long) (metric.path("value").asDouble() * 1e9));
      }
    }
    throw new IllegalStateException("no TaskDuration");
  }

  /** What a reader sees of the elements of a selector, a line for each. */
  public String text(String selector) {
    return evaluate(
            "[...document.querySelectorAll(%s)].map(it => it.innerText ?? it.textContent).join('\\n')"
                .formatted(quoted(selector)))
        .asText();
  }

  /** Waits until an expression is true; the page says when it is. */
  public void await(String condition) {
    var found =
        evaluate(
            """
            new Promise(done => {
              const end = performance.now() + 20000;
              const check = () => {
                let is = false;
                try { is = Boolean(%s); } catch { /* not yet */ }
                if (is || performance.now() > end) done(is);
                else setTimeout(check, 20);
              };
              check();
            })"""
                .formatted(condition));
    if (!found.asBoolean()) {
      throw new AssertionError(
          "not true: " + condition + "\nThe page: " + text("body") + complaints);
    }
  }

  /** Waits until an element has a text. */
  public void awaitText(String selector, String part) {
    await(
        "[...document.querySelectorAll(%s)].some(it => it.textContent.includes(%s))"
            .formatted(quoted(selector), quoted(part)));
  }

  /** Presses and releases a key. */
  public void press(String key) {
    var text = key.equals("Enter") ? "\r" : key.length() == 1 ? key : "";
    var code = Map.of("Enter", 13, "Tab", 9, "ArrowDown", 40, "ArrowUp", 38).getOrDefault(key, 0);
    for (var type : List.of("keyDown", "keyUp")) {
      send(
          "Input.dispatchKeyEvent",
          Map.of("type", type, "key", key, "text", text, "windowsVirtualKeyCode", code));
    }
  }

  /** As if it were typed into what has the focus. */
  public void type(String text) {
    send("Input.insertText", Map.of("text", text));
  }

  /** The whole page as a picture. */
  public void screenshot(Path file) throws IOException {
    capture(Map.of("format", "png", "captureBeyondViewport", true), file);
  }

  /** The upper part of the page as a small picture. */
  public void screenshot(Path file, int width, int height) throws IOException {
    var part = Map.of("x", 0, "y", 0, "width", width, "height", height, "scale", 1);
    capture(
        Map.of("format", "webp", "quality", 80, "captureBeyondViewport", true, "clip", part), file);
  }

  private void capture(Map<String, ?> how, Path file) throws IOException {
    var picture = send("Page.captureScreenshot", how);
    Files.createDirectories(file.getParent());
    Files.write(file, Base64.getDecoder().decode(picture.path("data").asText()));
  }

  /** As a literal of JavaScript. */
  public static String quoted(String text) {
    try {
      return MAPPER.writeValueAsString(text);
    } catch (JsonProcessingException bug) {
      throw new IllegalStateException(bug);
    }
  }

  private JsonNode send(String method, Map<String, ?> parameters) {
    return send(session, method, parameters);
  }

  private JsonNode send(String to, String method, Map<String, ?> parameters) {
    return begin(to, method, parameters).orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  private CompletableFuture<JsonNode> begin(String to, String method, Map<String, ?> parameters) {
    var id = sent.incrementAndGet();
    var answer = new CompletableFuture<JsonNode>();
    awaited.put(id, answer);
    var message = MAPPER.createObjectNode().put("id", id).put("method", method);
    message.set("params", MAPPER.valueToTree(parameters));
    if (!to.isEmpty()) {
      message.put("sessionId", to);
    }
    synchronized (sent) {
      socket.sendText(message.toString(), true).join();
    }
    return answer;
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean isLast) {
    received.append(part);
    if (isLast) {
      try {
        receive(MAPPER.readTree(received.toString()));
      } catch (JsonProcessingException bug) {
        complaints.add(bug.toString());
      }
      received.setLength(0);
    }
    from.request(1);
    return CompletableFuture.completedStage(null);
  }

  private void receive(JsonNode message) {
    var answer = awaited.remove(message.path("id").asInt());
    if (answer != null) {
      if (message.has("error")) {
        answer.completeExceptionally(new IllegalStateException(message.toString()));
      } else {
        answer.complete(message.path("result"));
      }
      return;
    }
    var parameters = message.path("params");
    switch (message.path("method").asText()) {
      case "Runtime.exceptionThrown" -> complaints.add(parameters.toString());
      case "Log.entryAdded" -> {
        var entry = parameters.path("entry");
        if (entry.path("level").asText().equals("error")
            && !entry.path("source").asText().equals("network")) {
          complaints.add(entry.toString());
        }
      }
      case "Network.requestWillBeSent" ->
          requests.add(parameters.path("request").path("url").asText());
      case "Fetch.requestPaused" -> answer("Fetch.continueRequest", parameters, Map.of());
      case "Fetch.authRequired" ->
          answer(
              "Fetch.continueWithAuth",
              parameters,
              Map.of("authChallengeResponse", Map.of("response", "CancelAuth")));
      default -> {}
    }
  }

  /** Waits for no outcome: this thread receives it, and the request may be gone. */
  private void answer(String method, JsonNode paused, Map<String, ?> more) {
    var all = new TreeMap<String, Object>(more);
    all.put("requestId", paused.path("requestId").asText());
    Thread.ofVirtual()
        .start(
            () -> {
              var unused = begin(session, method, all);
            });
  }

  @Override
  public void close() throws IOException {
    socket.abort();
    client.close();
    // Its own processes write into the profile for a while after it.
    var children = process.descendants().toList();
    process.destroy();
    process.onExit().join();
    children.forEach(ProcessHandle::destroyForcibly);
    children.forEach(child -> child.onExit().join());
    try (var files = Files.walk(profile)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    }
  }
}
