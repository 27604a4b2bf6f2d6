package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@code /api/v1/safe} answers to what is not declared, and where nothing can be said. */
class SafeEndpointTest {
  private static final String PATH = "/api/v1/safe";

  private final Site site = new Site();

  @AfterEach
  void close() {
    site.close();
  }

  private void refuses(String query, int status, String detail)
      throws IOException, InterruptedException {
    var answer = site.get(PATH + query);

    assertThat(answer.statusCode()).as(query).isEqualTo(status);
    assertThat(answer.body()).contains("\"detail\" : \"" + detail + "\"");
  }

  @Test
  void what_is_not_declared_is_not_found() throws IOException, InterruptedException {
    site.show(World.lasting(Stories.healthy()), Duration.ofSeconds(1));

    refuses("?promote=pg-nobody", 404, "instance pg-nobody is not declared");
    refuses("?lose=10.0.0.9", 404, "node, zone or instance 10.0.0.9 is not declared");
    refuses("?cluster=pg-no", 404, "no cluster of this name is declared");
    refuses("?member=x", 400, "unknown parameter; allowed: cluster, promote, lose");
  }

  @Test
  void two_primaries_are_an_answer_and_it_is_no() throws IOException, InterruptedException {
    site.show(World.lasting(Stories.splitBrain()), Duration.ofSeconds(1));

    var answer = site.get(PATH + "?cluster=pg-test");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .contains("\"primary\" : null", "\"failover\" : \"no\"", "\"switchover\" : \"no\"")
        .contains("pg-test-1 and pg-test-2 accept writes: promote nothing");
  }

  @Test
  void a_partial_view_is_unknown_with_what_is_missing() throws IOException, InterruptedException {
    site.show(World.lasting(Stories.primaryKilled()), Duration.ofSeconds(1));

    assertThat(site.get(PATH + "?cluster=pg-test").body())
        .contains("\"failover\" : \"unknown\"", "pg-test-1: not seen.");
  }

  @Test
  void what_was_polled_too_long_ago_answers_nothing() throws IOException, InterruptedException {
    site.show(World.lasting(Stories.healthy()), Site.LIMIT.plusMillis(1));

    assertThat(site.get(PATH).statusCode()).isEqualTo(503);
  }
}
