package io.pgtopo.agent.story;

import static io.pgtopo.agent.story.Story.list;
import static io.pgtopo.agent.story.Story.map;
import static io.pgtopo.agent.story.Story.only;
import static io.pgtopo.agent.story.Story.text;

import io.pgtopo.agent.Ordinary;
import io.pgtopo.agent.observation.Backend;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.Identity;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RecoverySettings;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.ReplicationView;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.ServerTime;
import io.pgtopo.agent.observation.ServerVersion;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.observation.Timeline;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns what a phase says of an instance into an observation. */
final class Stage {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final Cast cast;
  private int pid = 1000;

  Stage(Cast cast) {
    this.cast = cast;
  }

  List<Observation> observations(Story.Phase phase) {
    var now = START.plus(phase.at());
    var observations = new ArrayList<Observation>();
    var window = new Window(now, now);
    phase
        .observed()
        .forEach((name, told) -> observations.add(observation(name, told, phase, window)));
    return observations;
  }

  /** What is told of a VIP may be the name of the instance that it leads to. */
  private Observation observation(String name, Object told, Story.Phase phase, Window window) {
    return cast.endpoints().containsKey(told.toString())
            && observation(told.toString(), phase.observed().get(told.toString()), window)
                instanceof Observation.Reachable server
        ? new Observation.Reachable(cast.endpoint(name), window, server.facts())
        : observation(name, told, window);
  }

  private Observation observation(String name, @Nullable Object told, Window window) {
    var endpoint = cast.endpoint(name);
    if (told instanceof Map) {
      var facts = map(told);
      var took = Story.duration(facts.getOrDefault("poll", "0s").toString());
      var poll = new Window(window.from(), window.to().plus(took));
      return new Observation.Reachable(endpoint, poll, facts(name, facts));
    }
    var kind = Failure.Kind.valueOf(text(told).toUpperCase(Locale.ROOT));
    return new Observation.Unreachable(
        endpoint, window, Failure.of(kind, "told by the story: " + kind.label()));
  }

  private InstanceFacts facts(String name, Map<String, Object> told) {
    only(
        told,
        "production",
        "clock",
        "poll",
        "promoted",
        "sync_waits",
        "archiver",
        "startup_wait",
        "version",
        "cluster_name",
        "settings",
        "oldest_wal",
        "timeline_began",
        "survey",
        "databases",
        "roles",
        "login",
        "timeline_from",
        "recovery",
        "timeline",
        "system",
        "started",
        "port",
        "data_directory",
        "answers_from",
        "walsenders",
        "walreceiver",
        "delay",
        "replay",
        "slot",
        "slots",
        "restore_command",
        "wants",
        "recovery_settings");
    var slots = new ArrayList<ReplicationSlot>();
    var senders =
        list(told.get("walsenders")).stream().map(entry -> walSender(entry, slots)).toList();
    map(told.get("slots")).forEach((slot, status) -> slots.add(idleSlot(slot, status)));
    var state = state(name, told);
    return new InstanceFacts(
        identity(name, told),
        new ServerTime(
            Ordinary.TIME.now().plus(Story.duration(told.getOrDefault("clock", "0s").toString())),
            Ordinary.TIME.configurationLoadedAt()),
        new Timeline(
            Integer.parseInt(told.getOrDefault("timeline", "1").toString()),
            told.containsKey("timeline_from")
                ? Timeline.Source.valueOf(text(told.get("timeline_from")).toUpperCase(Locale.ROOT))
                : state instanceof ServerState.InProduction
                    ? Timeline.Source.WAL
                    : Timeline.Source.WAL_RECEIVER),
        state,
        new ReplicationView(senders, slots),
        recoverySettings(told),
        Surveys.told(told));
  }

  private Identity identity(String name, Map<String, Object> told) {
    return new Identity(
        new SystemId(
            told.containsKey("system")
                ? Long.parseLong(text(told.get("system")))
                : cast.system(name)),
        new ServerVersion(Integer.parseInt(told.getOrDefault("version", "180006").toString())),
        told.containsKey("started")
            ? START.plus(Story.duration(text(told.get("started"))))
            : START.plusNanos(1_000L * cast.endpoints().headMap(name).size()),
        Integer.parseInt(told.getOrDefault("port", "5432").toString()),
        told.containsKey("data_directory")
            ? Reading.seen(text(told.get("data_directory")))
            : Reading.denied("hidden without pg_read_all_settings"),
        Optional.of(
            told.containsKey("answers_from")
                ? new Endpoint(text(told.get("answers_from")), 5432)
                : cast.endpoint(name)),
        told.getOrDefault("cluster_name", Cast.clusterOf(name)).toString());
  }

  private ServerState state(String name, Map<String, Object> told) {
    if (told.containsKey("production")) {
      return new ServerState.InProduction(
          Lsn.parse(text(told.get("production"))),
          Optional.ofNullable(told.get("promoted")).map(Story::text).map(Lsn::parse),
          syncWaits(told.get("sync_waits")),
          "fails".equals(told.get("archiver"))
              ? new ServerState.Archiver(Optional.of(START), Optional.of(START.plusSeconds(60)))
              : ServerState.Archiver.IDLE);
    }
    var replayed = Lsn.parse(text(told.get("recovery")));
    return new ServerState.InRecovery(
        Optional.of(replayed),
        Optional.of(replayed),
        ServerState.Replay.valueOf(
            told.getOrDefault("replay", "running").toString().toUpperCase(Locale.ROOT)),
        Optional.empty(),
        startupWait(told.getOrDefault("startup_wait", "none").toString()),
        walReceiver(name, told.getOrDefault("walreceiver", "none")));
  }

  private static Reading<Optional<String>> startupWait(String told) {
    return told.equals("hidden")
        ? Reading.denied("hidden without pg_read_all_stats")
        : Reading.seen(Optional.of(told).filter(event -> !event.equals("none")));
  }

  /** {@code hidden}, or how many wait and for how long: {@code 3 for 20s}. */
  private static Reading<ServerState.SyncWaits> syncWaits(@Nullable Object told) {
    if (told == null) {
      return Reading.seen(ServerState.SyncWaits.NONE);
    }
    if (told.equals("hidden")) {
      return Reading.denied("hidden without pg_read_all_stats");
    }
    var words = text(told).split(" for ", 2);
    return Reading.seen(
        new ServerState.SyncWaits(Integer.parseInt(words[0]), Story.duration(words[1])));
  }

  private Reading<Optional<WalReceiver>> walReceiver(String name, Object told) {
    if (told.equals("none")) {
      return Reading.seen(Optional.empty());
    }
    if (told.equals("hidden")) {
      return Reading.denied("hidden without pg_read_all_stats");
    }
    var receiver = told instanceof Map ? map(told) : Map.<String, Object>of("upstream", told);
    only(
        receiver,
        "upstream",
        "name",
        "slot",
        "status",
        "started",
        "flushed",
        "latest_end",
        "silent");
    return Reading.seen(
        Optional.of(
            new WalReceiver(
                backend(receiver),
                receiver.getOrDefault("status", "streaming").toString(),
                Optional.of(address(text(receiver.get("upstream")))),
                receiver.getOrDefault("name", name).toString(),
                Optional.ofNullable(receiver.get("slot")).map(Story::text),
                new WalReceiver.Progress(
                    lsn(receiver.get("flushed")),
                    lsn(receiver.get("latest_end")),
                    Optional.ofNullable(receiver.get("silent"))
                        .map(Story::text)
                        .map(Story::duration)))));
  }

  private WalSender walSender(@Nullable Object told, List<ReplicationSlot> slots) {
    var sender = told instanceof Map ? map(told) : Map.<String, Object>of("name", text(told));
    only(
        sender,
        "name",
        "from",
        "state",
        "sync",
        "slot",
        "logical",
        "temporary",
        "replays",
        "started",
        "hidden",
        "sent",
        "flushed");
    var backend = backend(sender);
    var name = text(sender.get("name"));
    Optional.ofNullable(sender.get("slot"))
        .or(() -> Optional.ofNullable(sender.get("logical")))
        .map(slot -> slot(text(slot), sender, backend.pid()))
        .ifPresent(slots::add);
    return new WalSender(
        backend,
        "replicator",
        name,
        sender.containsKey("hidden")
            ? Reading.denied("hidden without pg_read_all_stats")
            : Reading.seen(stream(sender, name)));
  }

  private WalSender.Stream stream(Map<String, Object> sender, String name) {
    var from =
        sender.containsKey("from")
            ? text(sender.get("from"))
            : Optional.ofNullable(cast.endpoints().get(name)).map(Endpoint::host).orElse("");
    var replays = !"none".equals(sender.get("replays"));
    var lsn = lsn(sender.getOrDefault("sent", "0/5000000"));
    var flushed = lsn(sender.get("flushed")).or(() -> lsn);
    return new WalSender.Stream(
        from.isEmpty() ? Optional.empty() : Optional.of(new HostPort(from, 40_000)),
        sender.getOrDefault("state", "streaming").toString(),
        sender.getOrDefault("sync", "async").toString(),
        new WalSender.Progress(lsn, lsn, flushed, replays ? flushed : Optional.empty()),
        Optional.empty());
  }

  private static ReplicationSlot slot(String name, Map<String, Object> sender, int pid) {
    return new ReplicationSlot(
        name,
        sender.containsKey("logical")
            ? ReplicationSlot.Type.LOGICAL
            : ReplicationSlot.Type.PHYSICAL,
        sender.containsKey("temporary")
            ? ReplicationSlot.Lifetime.TEMPORARY
            : ReplicationSlot.Lifetime.PERSISTENT,
        Optional.of(pid),
        ReplicationSlot.Retention.UNKNOWN,
        ReplicationSlot.Failover.NONE);
  }

  /** A word is its {@code wal_status}. */
  private static ReplicationSlot idleSlot(String name, Object told) {
    var slot = told instanceof Map ? map(told) : Map.<String, Object>of("status", text(told));
    only(slot, "status", "logical", "restart", "safe", "invalidation", "inactive", "failover");
    return new ReplicationSlot(
        name,
        slot.containsKey("logical") ? ReplicationSlot.Type.LOGICAL : ReplicationSlot.Type.PHYSICAL,
        ReplicationSlot.Lifetime.PERSISTENT,
        Optional.empty(),
        new ReplicationSlot.Retention(
            lsn(slot.get("restart")),
            Optional.ofNullable(slot.get("status")).map(Story::text),
            Optional.ofNullable(slot.get("safe")).map(Story::text).map(Long::parseLong),
            Optional.ofNullable(slot.get("invalidation")).map(Story::text),
            Optional.ofNullable(slot.get("inactive")).map(Story::text).map(Story::duration)),
        ReplicationSlot.Failover.valueOf(
            slot.getOrDefault("failover", "none").toString().toUpperCase(Locale.ROOT)));
  }

  private Reading<RecoverySettings> recoverySettings(Map<String, Object> told) {
    if ("hidden".equals(told.get("recovery_settings"))) {
      return Reading.denied("recovery.conf cannot be read by SQL before PostgreSQL 12");
    }
    return Reading.seen(
        new RecoverySettings(
            Reading.seen(
                Optional.ofNullable(told.get("wants")).map(Story::text).map(this::address)),
            Optional.ofNullable(told.get("slot")).map(Story::text),
            told.containsKey("delay") ? Story.duration(text(told.get("delay"))) : Duration.ZERO,
            told.containsKey("restore_command")
                ? RecoverySettings.Archive.RESTORES
                : RecoverySettings.Archive.NONE));
  }

  private static Optional<Lsn> lsn(@Nullable Object told) {
    return Optional.ofNullable(told).map(Story::text).map(Lsn::parse);
  }

  private Backend backend(Map<String, Object> told) {
    return new Backend(
        pid++,
        Optional.of(START.plus(Story.duration(told.getOrDefault("started", "0s").toString()))));
  }

  /** The address of an instance of the cast, or one as it stands. */
  private HostPort address(String text) {
    var endpoint = cast.endpoints().get(text);
    if (endpoint != null) {
      return new HostPort(endpoint.host(), endpoint.port());
    }
    var parts = text.split(":", 2);
    return new HostPort(parts[0], parts.length == 2 ? Integer.parseInt(parts[1]) : 5432);
  }
}
