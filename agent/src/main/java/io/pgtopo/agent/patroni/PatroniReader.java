package io.pgtopo.agent.patroni;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgtopo.agent.fetch.Fetcher;
import io.pgtopo.agent.fetch.Fetcher.Fetched;
import io.pgtopo.agent.observation.AgentClock;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Failure.Kind;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.ManagerReport;
import io.pgtopo.agent.observation.ManagerReport.Candidacy;
import io.pgtopo.agent.observation.ManagerReport.Flag;
import io.pgtopo.agent.observation.ManagerReport.ManagedServer;
import io.pgtopo.agent.observation.ManagerReport.Word;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.config.model.Endpoint;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads {@code GET /patroni}, what one Patroni says of its server, and {@code GET /cluster}, what
 * its configuration store has of all members: {@code patroni/api.py}, 2.0 or newer. Keys that are
 * not known are ignored. Then it asks for health checks as HAProxy does. No request needs a login.
 */
public final class PatroniReader {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** More are not in one cluster. */
  private static final int MOST_MEMBERS = 1000;

  /** More different ones are not read. */
  private static final int MOST_CHECKS = 8;

  private static final Map<String, Flag> FLAGS =
      Map.of(
          "pause", Flag.PAUSED,
          "pending_restart", Flag.PENDING_RESTART,
          "cluster_unlocked", Flag.UNLOCKED,
          "failsafe_mode_is_active", Flag.FAILSAFE);

  private final Fetcher fetcher;
  private final AgentClock clock;

  /** It was answered with something else. */
  private static final class NotPatroni extends Exception {
    private static final long serialVersionUID = 1;

    NotPatroni(String why) {
      super(why);
    }
  }

  /** One that has read nothing. */
  public PatroniReader(Fetcher fetcher, AgentClock clock) {
    this.fetcher = fetcher;
    this.clock = clock;
  }

  /**
   * What Patroni reports at an address. Never throws.
   *
   * @param scheme {@code http} or {@code https}
   * @param checks paths of health checks, perhaps with a query
   */
  public ManagerReport read(String scheme, Endpoint address, List<String> checks) {
    var started = clock.instant();
    var word = word(scheme + "://" + address, checks);
    return new ManagerReport(
        address, Optional.of(HaManager.PATRONI), Window.since(started, clock), word);
  }

  private Word word(String base, List<String> checks) {
    var status = fetcher.get(URI.create(base + "/patroni"), Optional.empty());
    try {
      var json = json(status);
      if (!json.path("patroni").isObject()) {
        throw new NotPatroni("it is not Patroni that answers");
      }
      var own = server(json, json.path("patroni").path("name"), Optional.empty());
      return withMembers(base, scope(json), own, flags(json), checks(base, checks));
    } catch (NotPatroni other) {
      return new Word.Mute(failure(status, other));
    }
  }

  private static Optional<String> scope(JsonNode json) {
    var scope = json.path("patroni").path("scope");
    return scope.isTextual() ? Optional.of(shortened(scope.asText())) : Optional.empty();
  }

  private Word withMembers(
      String base,
      Optional<String> scope,
      ManagedServer own,
      Set<Flag> flags,
      SortedMap<String, Integer> checks) {
    var cluster = fetcher.get(URI.create(base + "/cluster"), Optional.empty());
    try {
      return new Word.Spoken(
          scope, Optional.of(own), flags, members(json(cluster)), Optional.empty(), checks);
    } catch (NotPatroni other) {
      return new Word.Spoken(
          scope, Optional.of(own), flags, List.of(), Optional.of(failure(cluster, other)), checks);
    }
  }

  private SortedMap<String, Integer> checks(String base, List<String> paths) {
    var statuses = new TreeMap<String, Integer>();
    for (var path : paths.subList(0, Math.min(MOST_CHECKS, paths.size()))) {
      address(base, path)
          .map(fetcher::options)
          .filter(Fetched.Answered.class::isInstance)
          .map(Fetched.Answered.class::cast)
          .ifPresent(answer -> statuses.put(path, answer.status()));
    }
    return statuses;
  }

  /** Empty for what is declared, and is no path that could be asked for. */
  private static Optional<URI> address(String base, String path) {
    try {
      return path.startsWith("/") ? Optional.of(new URI(base + path)) : Optional.empty();
    } catch (URISyntaxException none) {
      return Optional.empty();
    }
  }

  private static List<ManagedServer> members(JsonNode json) throws NotPatroni {
    var found = json.path("members");
    if (!found.isArray() || found.size() > MOST_MEMBERS) {
      throw new NotPatroni("it lists no members");
    }
    var members = new ArrayList<ManagedServer>();
    for (var member : found) {
      members.add(server(member, member.path("name"), endpoint(member)));
    }
    return members;
  }

  private static ManagedServer server(JsonNode json, JsonNode name, Optional<Endpoint> endpoint)
      throws NotPatroni {
    var role = json.path("role");
    var state = json.path("state");
    if (!role.isTextual() || !state.isTextual()) {
      throw new NotPatroni("it says no role or state of a server");
    }
    var timeline = json.path("timeline");
    return new ManagedServer(
        name.isTextual() ? Optional.of(shortened(name.asText())) : Optional.empty(),
        shortened(role.asText()),
        shortened(state.asText()),
        endpoint,
        timeline.isInt() ? Optional.of(timeline.asInt()) : Optional.empty(),
        Optional.empty(),
        candidacy(json.path("tags")));
  }

  private static Candidacy candidacy(JsonNode tags) {
    var priority = tags.path("failover_priority");
    // As Patroni does: the older tag is stronger.
    var isExcluded =
        tags.has("nofailover")
            ? tags.path("nofailover").asBoolean(false)
            : priority.isInt() && priority.asInt() <= 0;
    return isExcluded ? Candidacy.EXCLUDED : Candidacy.NOT_EXCLUDED;
  }

  private static Optional<Endpoint> endpoint(JsonNode member) {
    var host = member.path("host");
    var port = member.path("port");
    return host.isTextual() && !host.asText().isBlank() && port.isInt() && isPort(port.asInt())
        ? Optional.of(new Endpoint(host.asText(), port.asInt()))
        : Optional.empty();
  }

  private static boolean isPort(int number) {
    return number > 0 && number <= 65_535;
  }

  private static String shortened(String text) {
    return text.length() > 63 ? text.substring(0, 63) : text;
  }

  private static Set<Flag> flags(JsonNode json) {
    var flags = EnumSet.noneOf(Flag.class);
    FLAGS.forEach(
        (key, flag) -> {
          if (json.path(key).asBoolean(false)) {
            flags.add(flag);
          }
        });
    return flags;
  }

  private static JsonNode json(Fetched fetched) throws NotPatroni {
    if (!(fetched instanceof Fetched.Answered document) || document.failure().isPresent()) {
      throw new NotPatroni("nothing was fetched");
    }
    try {
      var json = JSON.readTree(document.body());
      if (!json.isObject()) {
        throw new NotPatroni("it is not Patroni that answers");
      }
      return json;
    } catch (JsonProcessingException other) {
      throw new NotPatroni("the answer is no JSON, or is truncated");
    }
  }

  private static Failure failure(Fetched fetched, NotPatroni other) {
    return switch (fetched) {
      case Fetched.Nothing(var failure) -> failure;
      case Fetched.Answered document ->
          document
              .failure()
              .orElseGet(() -> Failure.of(Kind.MALFORMED, String.valueOf(other.getMessage())));
    };
  }
}
