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
import io.pgtopo.agent.observation.RefusableFact;
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
        .forEach((name, given) -> observations.add(observation(name, given, phase, window)));
    return observations;
  }

  /** The value of a VIP may be the name of the instance that it leads to. */
  private Observation observation(String name, Object given, Story.Phase phase, Window window) {
    return cast.endpoints().containsKey(given.toString())
            && observation(given.toString(), phase.observed().get(given.toString()), window)
                instanceof Observation.Reachable server
        ? new Observation.Reachable(cast.endpoint(name), window, server.facts())
        : observation(name, given, window);
  }

  private Observation observation(String name, @Nullable Object given, Window window) {
    var endpoint = cast.endpoint(name);
    if (given instanceof Map) {
      var facts = map(given);
      var took = Story.duration(facts.getOrDefault("poll", "0s").toString());
      var poll = new Window(window.from(), window.to().plus(took));
      return new Observation.Reachable(
          endpoint,
          poll,
          facts(name, facts, window.from()),
          Optional.ofNullable(facts.get("refuses"))
              .filter(kind -> !Boolean.FALSE.equals(kind))
              .map(Stage::failure));
    }
    return new Observation.Unreachable(endpoint, window, failure(given));
  }

  private static Failure failure(@Nullable Object given) {
    var kind = Failure.Kind.valueOf(text(given).toUpperCase(Locale.ROOT));
    return Failure.of(kind, "given by the story: " + kind.label());
  }

  private InstanceFacts facts(String name, Map<String, Object> given, Instant now) {
    only(
        given,
        "production",
        "clock",
        "poll",
        "refuses",
        "promoted",
        "sync_waits",
        "clients",
        "managers",
        "last_commit",
        "archiver",
        "startup_wait",
        "version",
        "cluster_name",
        "settings",
        "oldest_wal",
        "timeline_began",
        "survey",
        "refused",
        "commits_do_not_wait",
        "databases",
        "roles",
        "login",
        "timeline_from",
        "recovery",
        "received",
        "timeline",
        "system",
        "started",
        "crashed",
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
        "subscriptions",
        "upstream_database",
        "wants",
        "recovery_settings");
    var slots = new ArrayList<ReplicationSlot>();
    var senders =
        list(given.get("walsenders")).stream().map(entry -> walSender(entry, slots)).toList();
    map(given.get("slots")).forEach((slot, status) -> slots.add(idleSlot(slot, status)));
    var state = state(name, given);
    return new InstanceFacts(
        identity(name, given),
        new ServerTime(
            now.plus(Story.duration(given.getOrDefault("clock", "0s").toString())),
            Ordinary.TIME.configurationLoadedAt(),
            Optional.of(given.getOrDefault("crashed", "unseen").toString())
                .filter(at -> !at.equals("unseen"))
                .map(at -> START.plus(Story.duration(at)))),
        new Timeline(
            Integer.parseInt(given.getOrDefault("timeline", "1").toString()),
            given.containsKey("timeline_from")
                ? Timeline.Source.valueOf(text(given.get("timeline_from")).toUpperCase(Locale.ROOT))
                : state instanceof ServerState.InProduction
                    ? Timeline.Source.WAL
                    : Timeline.Source.WAL_RECEIVER),
        state,
        new ReplicationView(
            Reading.seen(senders),
            Reading.seen(slots),
            Activity.sessions(given),
            Subscriptions.of(given.get("subscriptions"))),
        recoverySettings(given),
        Surveys.survey(given));
  }

  private Identity identity(String name, Map<String, Object> given) {
    return new Identity(
        systemId(given.getOrDefault("system", cast.system(name)).toString()),
        new ServerVersion(Integer.parseInt(given.getOrDefault("version", "180006").toString())),
        given.containsKey("started")
            ? START.plus(Story.duration(text(given.get("started"))))
            : START.plusNanos(1_000L * cast.endpoints().headMap(name).size()),
        Integer.parseInt(given.getOrDefault("port", "5432").toString()),
        given.containsKey("data_directory")
            ? Reading.seen(text(given.get("data_directory")))
            : Reading.denied("hidden without pg_read_all_settings"),
        Optional.of(
            given.containsKey("answers_from")
                ? new Endpoint(text(given.get("answers_from")), 5432)
                : cast.endpoint(name)),
        given.getOrDefault("cluster_name", Cast.clusterOf(name)).toString());
  }

  private static Reading<SystemId> systemId(String given) {
    return given.equals("hidden")
        ? Reading.denied(RefusableFact.reason(RefusableFact.SYSTEM_IDENTIFIER.objects()))
        : Reading.seen(SystemId.parse(given));
  }

  private ServerState state(String name, Map<String, Object> given) {
    if (given.containsKey("production")) {
      return new ServerState.InProduction(
          Lsn.parse(text(given.get("production"))),
          Optional.ofNullable(given.get("promoted")).map(Story::text).map(Lsn::parse),
          Activity.syncWaits(given.get("sync_waits")),
          Reading.seen(Activity.archiver(given.getOrDefault("archiver", "idle").toString())),
          Activity.lastCommit(given.getOrDefault("last_commit", "untracked").toString()));
    }
    var replayed = Lsn.parse(text(given.get("recovery")));
    return new ServerState.InRecovery(
        Optional.of(
            given.containsKey("received") ? Lsn.parse(text(given.get("received"))) : replayed),
        Optional.of(replayed),
        ServerState.Replay.valueOf(
            given.getOrDefault("replay", "running").toString().toUpperCase(Locale.ROOT)),
        Optional.empty(),
        Activity.startupWait(given.getOrDefault("startup_wait", "none").toString()),
        walReceiver(name, given.getOrDefault("walreceiver", "none")),
        Reading.seen(Activity.archiver(given.getOrDefault("archiver", "idle").toString())));
  }

  private Reading<Optional<WalReceiver>> walReceiver(String name, Object given) {
    if (given.equals("none")) {
      return Reading.seen(Optional.empty());
    }
    if (given.equals("hidden")) {
      return Reading.denied("hidden without pg_read_all_stats");
    }
    var receiver = given instanceof Map ? map(given) : Map.<String, Object>of("upstream", given);
    only(
        receiver,
        "upstream",
        "name",
        "slot",
        "status",
        "pid",
        "started",
        "flushed",
        "latest_end",
        "silent",
        "sent");
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
                        .map(Story::duration),
                    Optional.ofNullable(receiver.get("sent"))
                        .map(at -> START.plus(Story.duration(text(at))))))));
  }

  private WalSender walSender(@Nullable Object given, List<ReplicationSlot> slots) {
    var sender = given instanceof Map ? map(given) : Map.<String, Object>of("name", text(given));
    only(
        sender,
        "name",
        "from",
        "state",
        "sync",
        "slot",
        "logical",
        "database",
        "plugin",
        "confirmed",
        "temporary",
        "replays",
        "started",
        "hidden",
        "sent",
        "flushed",
        "replied");
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
        Optional.ofNullable((Integer) sender.get("database")).map(Long::valueOf),
        sender.containsKey("hidden")
            ? Reading.denied("hidden without pg_read_all_stats")
            : Reading.seen(stream(sender, name)));
  }

  private WalSender.Stream stream(Map<String, Object> sender, String name) {
    var from =
        sender.containsKey("from")
            ? text(sender.get("from"))
            : Optional.ofNullable(cast.endpoints().get(name)).map(Endpoint::host).orElse("");
    var lsn = lsn(sender.getOrDefault("sent", "0/5000000"));
    var flushed = lsn(sender.get("flushed")).or(() -> lsn);
    return new WalSender.Stream(
        from.isEmpty() ? Optional.empty() : Optional.of(new HostPort(from, 40_000)),
        sender.getOrDefault("state", "streaming").toString(),
        sender.getOrDefault("sync", "async").toString(),
        new WalSender.Progress(lsn, lsn, flushed, replayed(sender, flushed)),
        Optional.ofNullable(sender.get("replied")).map(at -> START.plus(Story.duration(text(at)))));
  }

  private static Optional<Lsn> replayed(Map<String, Object> sender, Optional<Lsn> flushed) {
    return "none".equals(sender.get("replays"))
        ? Optional.empty()
        : lsn(sender.get("replays")).or(() -> flushed);
  }

  private static ReplicationSlot slot(String name, Map<String, Object> sender, int pid) {
    return new ReplicationSlot(
        name,
        decoding(sender),
        sender.containsKey("temporary")
            ? ReplicationSlot.Lifetime.TEMPORARY
            : ReplicationSlot.Lifetime.PERSISTENT,
        Optional.of(pid),
        ReplicationSlot.Retention.UNKNOWN,
        ReplicationSlot.Failover.NONE);
  }

  private static Optional<ReplicationSlot.Decoding> decoding(Map<String, Object> given) {
    return Optional.ofNullable(given.get("logical"))
        .map(
            logical ->
                new ReplicationSlot.Decoding(
                    given.getOrDefault("plugin", "pgoutput").toString(),
                    "postgres",
                    lsn(given.get("confirmed"))));
  }

  /** A text is its {@code wal_status}. */
  private static ReplicationSlot idleSlot(String name, Object given) {
    var slot = given instanceof Map ? map(given) : Map.<String, Object>of("status", text(given));
    only(
        slot,
        "status",
        "logical",
        "plugin",
        "confirmed",
        "restart",
        "safe",
        "invalidation",
        "inactive",
        "failover");
    return new ReplicationSlot(
        name,
        decoding(slot),
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

  private Reading<RecoverySettings> recoverySettings(Map<String, Object> given) {
    if ("hidden".equals(given.get("recovery_settings"))) {
      return Reading.denied("recovery.conf cannot be read by SQL before PostgreSQL 12");
    }
    return Reading.seen(
        new RecoverySettings(
            Reading.seen(
                Optional.ofNullable(given.get("wants"))
                    .map(Story::text)
                    .filter(wanted -> !wanted.equals("none"))
                    .map(this::address)),
            Optional.ofNullable(given.get("slot")).map(Story::text),
            given.containsKey("delay") ? Story.duration(text(given.get("delay"))) : Duration.ZERO,
            "unnamed".equals(given.get("upstream_database"))
                ? RecoverySettings.UpstreamDatabase.UNNAMED
                : RecoverySettings.UpstreamDatabase.NAMED,
            given.containsKey("restore_command")
                ? RecoverySettings.Archive.RESTORES
                : RecoverySettings.Archive.NONE));
  }

  private static Optional<Lsn> lsn(@Nullable Object given) {
    return Optional.ofNullable(given).map(Story::text).map(Lsn::parse);
  }

  private Backend backend(Map<String, Object> given) {
    return new Backend(
        given.containsKey("pid") ? Integer.parseInt(text(given.get("pid"))) : pid++,
        Optional.of(START.plus(Story.duration(given.getOrDefault("started", "0s").toString()))));
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
