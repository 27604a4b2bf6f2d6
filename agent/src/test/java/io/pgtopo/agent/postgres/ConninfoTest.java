package io.pgtopo.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.Reading;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConninfoTest {
  @Test
  void reads_host_port_and_name_of_the_keyword_form() {
    var conninfo =
        Conninfo.parse("user=repl password=******** host=10.0.0.1 port=5433 application_name=pg-2");

    assertThat(conninfo.address()).contains(new HostPort("10.0.0.1", 5433));
    assertThat(conninfo.applicationName()).isEqualTo("pg-2");
  }

  @Test
  void takes_the_fallback_name_only_without_a_name() {
    assertThat(Conninfo.parse("fallback_application_name=pg-test").applicationName())
        .isEqualTo("pg-test");
    assertThat(
            Conninfo.parse("fallback_application_name=pg-test application_name='pg 2'")
                .applicationName())
        .isEqualTo("pg 2");
  }

  @Test
  void takes_the_first_of_several_hosts() {
    assertThat(Conninfo.parse("host=a,b port=1,2").address()).contains(new HostPort("a", 1));
    assertThat(Conninfo.parse("host=a,b").address()).contains(new HostPort("a", 5432));
    assertThat(Conninfo.parse("postgresql://u:pw@a:7,b:8/db?application_name=x").address())
        .contains(new HostPort("a", 7));
  }

  @Test
  void prefers_hostaddr_and_reads_quotes_and_escapes() {
    assertThat(Conninfo.parse("host = 'db one' hostaddr='10.0.0.1'").address())
        .contains(new HostPort("10.0.0.1", 5432));
    assertThat(Conninfo.parse("application_name='it\\'s'").applicationName()).isEqualTo("it's");
  }

  @Test
  void reads_the_uri_form() {
    var conninfo = Conninfo.parse("postgres://repl:s3cret@[2001:db8::1]:5433/?application_name=x");

    assertThat(conninfo.address()).contains(new HostPort("2001:db8::1", 5433));
    assertThat(conninfo.applicationName()).isEqualTo("x");
  }

  @Test
  void keeps_no_secret() {
    for (var text :
        new String[] {
          "host=a password=s3cret sslpassword='s3cret' passfile=/s3cret",
          "postgresql://u:s3cret@a/db?sslpassword=s3cret",
          "password = 's3cret' host=a"
        }) {
      assertThat(Conninfo.parse(text).toString()).doesNotContain("s3cret").contains("host=a");
    }
  }

  @Test
  void a_walreceiver_has_its_values_unquoted() {
    var conninfo =
        Conninfo.ofWalReceiver(
            "user=repl password=******** dbname=replication host=10.0.0.1 port=5433"
                + " application_name=it's pg 2 fallback_application_name=pg-test sslmode=prefer"
                + " target_session_attrs=any");

    assertThat(conninfo.address()).contains(new HostPort("10.0.0.1", 5433));
    assertThat(conninfo.applicationName()).isEqualTo("it's pg 2");
    assertThat(conninfo.toString()).doesNotContain("*");
  }

  /** Seen on 15, after the upstream of a replica was promoted or changed. */
  @Test
  void a_walreceiver_that_went_on_with_another_timeline_has_its_setting() {
    var conninfo =
        Conninfo.ofWalReceiver(
            "user=repmgr connect_timeout=2 host=10.0.0.2 port=5433 application_name='pg-test-3'");

    assertThat(conninfo.address()).contains(new HostPort("10.0.0.2", 5433));
    assertThat(conninfo.applicationName()).isEqualTo("pg-test-3");
  }

  @Test
  void only_an_empty_string_leads_nowhere() {
    assertThat(Conninfo.upstream(" ")).isEqualTo(Reading.seen(Optional.empty()));
    assertThat(Conninfo.upstream("host=10.0.0.1 user=repl"))
        .isEqualTo(Reading.seen(Optional.of(new HostPort("10.0.0.1", 5432))));
    for (var text :
        new String[] {
          "host=/var/run/postgresql port=5433",
          "host='@abstract'",
          "postgresql://repl@%2Fvar%2Frun%2Fpostgresql:5433/",
          "postgresql:///?host=/tmp",
          "host=a,b",
          "port=5433 user=repl",
          "service=upstream",
          "postgresql://"
        }) {
      assertThat(Conninfo.upstream(text)).as(text).isInstanceOf(Reading.Denied.class);
    }
  }

  @Test
  void names_no_address_for_a_unix_socket_or_an_empty_string() {
    assertThat(Conninfo.parse("").address()).isEmpty();
    assertThat(Conninfo.parse("host=/var/run/postgresql").address()).isEmpty();
  }
}
