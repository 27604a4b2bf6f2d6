package io.pgtopo.exporter.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.Config;
import io.pgtopo.config.settings.Web;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.testing.Shell;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.text.DiffText;
import io.pgtopo.exporter.text.InventoryText;
import io.pgtopo.exporter.text.Style;
import io.pgtopo.exporter.text.TreeText;
import io.pgtopo.exporter.view.InventoryReport;
import io.pgtopo.exporter.view.SnapshotReport;
import io.pgtopo.exporter.web.Listener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class AgentClientTest {

  @TestFactory
  Stream<DynamicTest> an_agent_tells_every_story_as_a_look_of_ones_own_does() {
    return World.stories()
        .map(
            story ->
                DynamicTest.dynamicTest(
                    story.getKey(),
                    () -> {
                      var tree = new Shell();
                      var diff = new Shell();
                      try (var site = new Site()) {
                        site.show(story.getValue(), Duration.ZERO);

                        tree.run("tree", "--agent", site.url());
                        diff.run("diff", "--agent", site.url());
                      }

                      assertThat(tree.out())
                          .isEqualTo(
                              TreeText.render(SnapshotReport.of(story.getValue()), Style.PLAIN));
                      assertThat(diff.out())
                          .isEqualTo(
                              DiffText.render(SnapshotReport.of(story.getValue()), Style.PLAIN));
                    }));
  }

  @Test
  void the_exit_status_is_that_of_a_poll_by_the_command() {
    try (var site = new Site()) {
      site.show(World.lasting(Stories.healthy()), Duration.ZERO);
      assertThat(new Shell().run("diff", "--agent", site.url() + "/")).isZero();
      site.show(World.lasting(Stories.promotedByHand()), Duration.ZERO);
      assertThat(new Shell().run("diff", "--agent", site.url())).isOne();
      site.show(World.lasting(Stories.allUnreachable()), Duration.ZERO);
      assertThat(new Shell().run("tree", "--agent", site.url())).isEqualTo(2);
    }
  }

  @Test
  void json_is_passed_on_as_it_is_answered() {
    var snapshot = World.lasting(Stories.healthy());
    var shell = new Shell();
    try (var site = new Site()) {
      site.show(snapshot, Duration.ZERO);

      assertThat(shell.run("diff", "--agent", site.url(), "--format", "json")).isZero();
    }

    assertThat(shell.out()).isEqualTo(Json.text(SnapshotReport.of(snapshot).drift()));
  }

  @Test
  void a_cluster_that_the_agent_does_not_watch_is_refused() {
    var shell = new Shell();
    try (var site = new Site()) {
      site.show(World.lasting(Stories.healthy()), Duration.ZERO);

      assertThat(shell.run("tree", "pg-tset", "--agent", site.url())).isEqualTo(2);
    }

    assertThat(shell.err()).contains("declared: pg-test; did you mean pg-test?");
  }

  @Test
  void an_agent_that_does_not_know_is_trouble_with_its_reason() {
    var shell = new Shell();
    try (var site = new Site()) {
      site.show(World.lasting(Stories.healthy()), Site.LIMIT.multipliedBy(2));

      assertThat(shell.run("diff", "--agent", site.url())).isEqualTo(2);
    }

    assertThat(shell.err()).startsWith("pgtopo: the agent at ").contains(" answered 503: ");
  }

  @Test
  void an_inventory_is_printed_as_it_is_read() {
    var config =
        Config.load(
            Optional.empty(),
            List.of("../config/src/test/resources/inventories/shop.yml"),
            Map.of());
    var printed = new Shell();
    var some = new Shell();
    try (var site = new Site(Web.DEFAULT, Listener.Limits.DEFAULT, config)) {
      site.show(World.lasting(Stories.healthy()), Duration.ZERO);

      assertThat(printed.run("inventory", "--agent", site.url())).isZero();
      assertThat(some.run("inventory", "--agent", site.url(), "--cluster", "shop-late")).isZero();
    }

    assertThat(printed.out())
        .isEqualTo(InventoryText.render(InventoryReport.of(config, cluster -> true), Style.PLAIN));
    assertThat(some.out()).startsWith("shop-late  shard").doesNotContain("shop-dr");
  }

  @Test
  void a_server_that_is_no_agent_is_named() {
    var refused = new Shell();
    var login = new Shell();

    assertThat(refused.run("diff", "--agent", "http://127.0.0.1:1")).isEqualTo(2);
    assertThat(login.run("diff", "--agent", "http://me:Sesame@127.0.0.1:1")).isEqualTo(2);

    assertThat(refused.err())
        .isEqualTo(
            "pgtopo: no agent answers at http://127.0.0.1:1/api/v1/snapshot: connection refused\n");
    assertThat(login.err()).startsWith("pgtopo: --agent takes no login").doesNotContain("Sesame");
  }
}
