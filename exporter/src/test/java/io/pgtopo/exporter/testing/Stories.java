package io.pgtopo.exporter.testing;

import io.pgtopo.agent.observation.Backend;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.agent.observation.Timeline;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the four servers of {@link World} may answer. */
public final class Stories {
  private static final String HIDDEN =
      "hidden from the agent's role; as a superuser: GRANT pg_monitor TO dbuser_monitor";

  private Stories() {}

  public static List<Observation> healthy() {
    return List.of(
        Server.primary(1, "0/5000060", 1).slot("pg_test_2", "0/4000000").sends(2).sends(3).seen(),
        Server.replica(2, "0/5000060", 1).follows(1).sends(4).seen(),
        Server.replica(3, "0/5000000", 1).follows(1).seen(),
        Server.replica(4, "0/4FFF000", 1).follows(2).seen());
  }

  /** A client of pg-test-1 receives decoded changes, and it receives some from elsewhere itself. */
  public static List<Observation> subscribers() {
    var seen = new ArrayList<>(healthy());
    seen.set(
        0,
        Server.primary(1, "0/5000060", 1)
            .slot("pg_test_2", "0/4000000")
            .sends(2)
            .sends(3)
            .publishes("orders", "0/5000000", "Debezium")
            .running(
                subscription("prices", Subscription.Mode.ENABLED, Optional.of(World.START)),
                subscription("stock", Subscription.Mode.ENABLED, Optional.empty()),
                subscription("rates", Subscription.Mode.DISABLED, Optional.empty())));
    return seen;
  }

  /** The primary of {@link Fleet#publishing}: it sends to the next cluster, and to a CDC tool. */
  static Observation publisher() {
    return Server.primary(1, "0/5000060", 1)
        .sends(2)
        .sends(3)
        .publishes("orders", "0/5000000", "10.0.1.11", "orders")
        .publishes("prices", "0/4F00000", "10.0.1.11", "prices")
        .publishes("audit", "0/4000000", "10.10.10.98", "Debezium")
        .running();
  }

  static Observation subscriber() {
    return Server.primary(1, "0/5000060", 1)
        .sends(2)
        .sends(3)
        .running(
            subscription("orders", Subscription.Mode.ENABLED, Optional.of(Server.CONNECTED)),
            subscription("prices", Subscription.Mode.ENABLED, Optional.of(Server.CONNECTED)),
            subscription("stock", Subscription.Mode.ENABLED, Optional.empty()));
  }

  public static Subscription subscription(
      String name, Subscription.Mode mode, Optional<Instant> started) {
    return new Subscription(
        name,
        "shop",
        mode,
        Optional.of(name),
        new Subscription.Workers(
            started.map(at -> new Backend(990, Optional.of(at))), Optional.empty(), 0),
        Optional.of(new Subscription.Errors(0, 2, 0, Optional.empty())),
        Reading.seen(Subscription.Tables.COPIED));
  }

  /** pg-test-2 is in production too, and pg-test-4 followed it there. */
  public static List<Observation> promotedByHand() {
    return List.of(
        Server.primary(1, "0/5000060", 1).sends(3).seen(),
        Server.primary(2, "0/6000000", 2).sends(4).seen(),
        Server.replica(3, "0/5000060", 1).follows(1).seen(),
        Server.replica(4, "0/6000000", 2).follows(2).seen());
  }

  /** pg-test-2 was promoted by mistake; the clients and pg-test-3 stayed with pg-test-1. */
  public static List<Observation> splitBrain() {
    return List.of(
        Server.primary(1, "0/5A3F2C8", 1).clients(12).sends(3).seen(),
        Server.promoted(2, "0/5000160", 2, "0/5000060").sends(4).seen(),
        Server.replica(3, "0/5A3F2C8", 1).follows(1).seen(),
        Server.replica(4, "0/5000160", 2).follows(2).seen());
  }

  /** All is as declared but for pg-test-4, which does not answer. */
  static List<Observation> replicaSilent() {
    return List.of(
        Server.primary(1, "0/5000060", 1).slot("pg_test_2", "0/4000000").sends(2).sends(3).seen(),
        Server.replica(2, "0/5000060", 1).follows(1).sends(4).seen(),
        Server.replica(3, "0/5000000", 1).follows(1).seen(),
        Server.silent(4, Failure.Kind.REFUSED, "Connection to 10.10.10.14:5432 refused."));
  }

  /** No member has taken over; pg-test-3 has not noticed yet. */
  public static List<Observation> primaryKilled() {
    return List.of(
        Server.silent(1, Failure.Kind.REFUSED, "Connection to 10.10.10.11:5432 refused."),
        Server.replica(2, "0/5000060", 1).sends(4).seen(),
        Server.replica(3, "0/5000060", 1).follows(1).seen(),
        Server.replica(4, "0/5000060", 1).follows(2).seen());
  }

  /** All is as declared, and an undeclared server replicates from pg-test-1. */
  public static List<Observation> rogueReplica() {
    return List.of(
        Server.primary(1, "0/5000060", 1)
            .sends(2)
            .sends(3)
            .sendsTo("10.10.10.99", "walreceiver")
            .seen(),
        Server.replica(2, "0/5000060", 1).follows(1).sends(4).seen(),
        Server.replica(3, "0/5000060", 1).follows(1).seen(),
        Server.replica(4, "0/5000060", 1).follows(2).seen());
  }

  /**
   * The agent's role may read nothing that pg_monitor would show. Names alone show from where
   * pg-test-2 and pg-test-4 stream; pg-test-3 sets none.
   */
  public static List<Observation> plainLogin() {
    return List.of(
        Server.primary(1, "0/5000060", 1)
            .sendsHidden("pg-test-2", HIDDEN)
            .sendsHidden("walreceiver", HIDDEN)
            .seen(),
        Server.replica(2, "0/5000060", 1).hides(HIDDEN).sendsHidden("pg-test-4", HIDDEN).seen(),
        Server.replica(3, "0/5000060", 1).hides(HIDDEN).seen(),
        Server.replica(4, "0/5000060", 1).hides(HIDDEN).seen());
  }

  /** All is well, and pg-test-3 does not show which timeline it is on. */
  public static List<Observation> timelineHidden() {
    var servers = new ArrayList<>(healthy());
    var seen = (Observation.Reachable) servers.get(2);
    var facts = seen.facts();
    servers.set(
        2,
        new Observation.Reachable(
            seen.endpoint(),
            seen.window(),
            new InstanceFacts(
                facts.identity(),
                facts.time(),
                Timeline.HIDDEN,
                facts.state(),
                facts.replication(),
                facts.recovery(),
                facts.survey())));
    return servers;
  }

  public static List<Observation> allUnreachable() {
    return List.of(
        Server.silent(1, Failure.Kind.REFUSED, "Connection to 10.10.10.11:5432 refused."),
        Server.silent(2, Failure.Kind.TIMEOUT, "no answer within 2000 ms"),
        Server.silent(
            3,
            Failure.Kind.AUTHENTICATION,
            "FATAL: password authentication failed for user \"dbuser_monitor\""),
        Server.silent(
            4, Failure.Kind.CANNOT_CONNECT_NOW, "FATAL: the database system is starting up"));
  }

  /** All is well, and the agent was too slow to poll the first of them. */
  public static List<Observation> slowFor(int members) {
    var seen = new ArrayList<>(healthy());
    for (var member = 1; member <= members; member++) {
      seen.set(
          member - 1, Server.silent(member, Failure.Kind.AGENT_SLOW, "this agent was too slow"));
    }
    return seen;
  }

  /** Three replicas that follow each other, without a primary. */
  static List<Observation> circle() {
    return List.of(
        Server.silent(1, Failure.Kind.TIMEOUT, "no answer within 2000 ms"),
        Server.replica(2, "0/5000060", 1).follows(3).sends(4).seen(),
        Server.replica(3, "0/5000060", 1).follows(4).sends(2).seen(),
        Server.replica(4, "0/5000060", 1).follows(2).sends(3).seen());
  }
}
