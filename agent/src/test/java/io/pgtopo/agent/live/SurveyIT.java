package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.LiveDatabaseRole;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.postgres.JdbcProbe;
import io.pgtopo.config.model.Role.Attribute;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The full reading of real servers: what it holds, what is hidden, and when it is renewed. */
class SurveyIT {
  private static final Connection PLAIN =
      new Connection("plain", "postgres", Optional.empty(), Connection.SslMode.DISABLE);

  @TestFactory
  Stream<DynamicTest> a_full_reading_names_settings_databases_roles_and_the_oldest_wal() {
    return on(SurveyIT::readsAll, 10, 13, 15, 17, 18);
  }

  private static void readsAll(int major) {
    try (var lab = Lab.open(Postgres.version(major), progress -> {});
        var probe = Polls.probe(Polls.LOGIN)) {
      var server = lab.cluster("pg-test").primary(1).start().instance(1);
      server.execute("CREATE ROLE dbuser_shop LOGIN CONNECTION LIMIT 5 VALID UNTIL '2030-01-01Z'");
      server.execute("CREATE ROLE dbrole_shop NOINHERIT");
      server.execute("GRANT dbrole_shop TO dbuser_shop");
      server.execute("CREATE DATABASE shop OWNER dbuser_shop CONNECTION LIMIT 7");

      var survey = survey(probe, server);

      assertThat(survey.setting("wal_level")).contains("replica");
      assertThat(survey.number("max_connections"))
          .hasValueSatisfying(it -> assertThat(it).isPositive());
      assertThat(survey.isOn("default_transaction_read_only"))
          .as("the session of the agent is read-only, the server is not")
          .isFalse();
      assertThat(survey.databases().ifSeen().orElseThrow())
          .filteredOn(database -> database.name().equals("shop"))
          .singleElement()
          .satisfies(
              shop -> {
                assertThat(shop.owner()).isEqualTo("dbuser_shop");
                assertThat(shop.encoding()).isEqualTo("UTF8");
                assertThat(shop.connectionLimit()).isEqualTo(7);
              });
      assertThat(survey.roles().ifSeen().orElseThrow())
          .filteredOn(role -> role.name().equals("dbuser_shop"))
          .singleElement()
          .isEqualTo(
              new LiveDatabaseRole(
                  "dbuser_shop",
                  List.of(Attribute.INHERIT, Attribute.LOGIN),
                  5,
                  Optional.of(Instant.parse("2030-01-01T00:00:00Z")),
                  List.of("dbrole_shop")));
      assertThat(survey.wal())
          .isInstanceOfSatisfying(
              Reading.Seen.class,
              seen -> assertThat(seen.value().toString()).contains("WalFile[timeline=1"));
    }
  }

  @TestFactory
  Stream<DynamicTest> a_monitoring_role_that_is_read_only_makes_no_server_so() {
    return on(SurveyIT::readOnly, 10, 18);
  }

  private static void readOnly(int major) {
    try (var lab = Lab.open(Postgres.version(major), progress -> {});
        var probe = Polls.probe(Polls.LOGIN)) {
      var server = lab.cluster("pg-test").primary(1).start().instance(1);
      server.execute("ALTER ROLE dbuser_monitor SET default_transaction_read_only = on");

      assertThat(survey(probe, server).setting("default_transaction_read_only")).isEmpty();
    }
    try (var lab = Lab.open(Postgres.version(major), progress -> {});
        var probe = Polls.probe(Polls.LOGIN)) {
      var server = lab.cluster("pg-test").primary(1).start().instance(1);
      server.set("default_transaction_read_only", "on");
      server.reload();

      Polls.until(
          () -> probe.observe(Polls.endpoint(server)),
          seen ->
              seen instanceof Observation.Reachable it
                  && it.facts()
                      .survey()
                      .ifSeen()
                      .orElseThrow()
                      .isOn("default_transaction_read_only"),
          "read-only");
    }
  }

  @TestFactory
  Stream<DynamicTest> a_plain_login_reads_it_too_but_may_not_list_wal() {
    return on(SurveyIT::plainLogin, 10, 18);
  }

  private static void plainLogin(int major) {
    try (var lab = Lab.open(Postgres.version(major), progress -> {});
        var probe = Polls.probe(PLAIN)) {
      var server = lab.cluster("pg-test").primary(1).start().instance(1);

      var survey = survey(probe, server);

      assertThat(survey.databases().ifSeen().orElseThrow()).isNotEmpty();
      assertThat(survey.roles().ifSeen().orElseThrow()).isNotEmpty();
      assertThat(survey.wal())
          .isEqualTo(
              Reading.denied(
                  "hidden without pg_ls_waldir(): GRANT pg_monitor TO the monitoring role"));
      assertThat(((ServerState.InProduction) facts(probe, server).state()).syncWaits())
          .isInstanceOf(Reading.Denied.class);
    }
  }

  @TestFactory
  Stream<DynamicTest> a_reload_renews_it_and_nothing_else_does_before_its_time() {
    return on(SurveyIT::renewal, 10, 18);
  }

  private static void renewal(int major) {
    try (var lab = Lab.open(Postgres.version(major), progress -> {});
        var probe = Polls.probe(Polls.LOGIN)) {
      var server = lab.cluster("pg-test").primary(1).start().instance(1);
      var first = survey(probe, server);
      server.execute("CREATE DATABASE shop");

      assertThat(survey(probe, server)).as("carried along").isEqualTo(first);

      server.set("synchronous_commit", "local");
      server.reload();
      Polls.until(
          () -> probe.observe(Polls.endpoint(server)),
          seen ->
              seen instanceof Observation.Reachable it
                  && it.facts()
                      .survey()
                      .ifSeen()
                      .orElseThrow()
                      .setting("synchronous_commit")
                      .equals(Optional.of("local")),
          "renewed");
      assertThat(survey(probe, server).databases().ifSeen().orElseThrow())
          .anySatisfy(database -> assertThat(database.name()).isEqualTo("shop"));
    }
  }

  @TestFactory
  Stream<DynamicTest> one_that_took_too_long_is_repeated_soon_and_not_in_every_poll() {
    return on(SurveyIT::repetition, 13, 18);
  }

  private static void repetition(int major) {
    try (var lab = Lab.open(Postgres.version(major), progress -> {});
        var probe = Polls.probe(Polls.LOGIN)) {
      var server = lab.cluster("pg-test").primary(1).start().instance(1);
      survey(probe, server);

      try (var locked = DriverManager.getConnection(server.jdbcUrl());
          var statement = locked.createStatement()) {
        locked.setAutoCommit(false);
        statement.execute("LOCK TABLE pg_db_role_setting");
        statement.execute("SELECT pg_reload_conf()");
        untilSurvey(probe, server, Reading.Denied.class);
      } catch (SQLException failed) {
        throw new IllegalStateException(failed);
      }

      assertThat(untilSurvey(probe, server, Reading.Seen.class)).isLessThanOrEqualTo(8);
    }
  }

  @TestFactory
  Stream<DynamicTest> the_first_one_too_is_repeated_soon_if_it_took_too_long() {
    return on(SurveyIT::first, 13, 18);
  }

  private static void first(int major) {
    try (var lab = Lab.open(Postgres.version(major), progress -> {})) {
      var server = lab.cluster("pg-test").primary(1).start().instance(1);
      try (var watch = Watch.of(lab);
          var locked = DriverManager.getConnection(server.jdbcUrl());
          var statement = locked.createStatement()) {
        locked.setAutoCommit(false);
        statement.execute("LOCK TABLE pg_subscription");
        watch.until("nothing of it is read", seen -> isDenied(seen, server));

        locked.rollback();

        for (var polls = 1; isDenied(watch.cycle(), server); polls++) {
          assertThat(polls).isLessThanOrEqualTo(8);
        }
        watch.twoPollsAfter(() -> true);
      } catch (SQLException failed) {
        throw new IllegalStateException(failed);
      }
    }
  }

  private static boolean isDenied(Snapshot snapshot, LabInstance server) {
    return snapshot
        .topology()
        .at(Polls.endpoint(server))
        .filter(found -> found.facts().survey() instanceof Reading.Denied<Survey>)
        .isPresent();
  }

  /** How many polls it takes. */
  private static int untilSurvey(JdbcProbe probe, LabInstance server, Class<?> outcome) {
    for (var polls = 1; polls < 60; polls++) {
      if (outcome.isInstance(facts(probe, server).survey())) {
        return polls;
      }
    }
    throw new AssertionError("no " + outcome);
  }

  private static Stream<DynamicTest> on(IntConsumer test, Integer... majors) {
    return Stream.of(majors)
        .map(major -> DynamicTest.dynamicTest("on " + major, () -> test.accept(major)));
  }

  private static Survey survey(JdbcProbe probe, LabInstance server) {
    return facts(probe, server).survey().ifSeen().orElseThrow();
  }

  private static InstanceFacts facts(JdbcProbe probe, LabInstance server) {
    var seen = probe.observe(Polls.endpoint(server));
    assertThat(seen).isInstanceOf(Observation.Reachable.class);
    return ((Observation.Reachable) seen).facts();
  }
}
