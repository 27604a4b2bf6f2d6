package io.pgtopo.exporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.state.StateDirectory;
import io.pgtopo.exporter.testing.Golden;
import io.pgtopo.exporter.testing.Shell;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class ChangesTest {
  @TempDir private Path folder = Path.of("");

  @TestFactory
  Stream<DynamicTest> what_an_agent_tells_of_every_story_is_as_kept() {
    return World.stories()
        .map(
            story ->
                DynamicTest.dynamicTest(
                    story.getKey(),
                    () -> {
                      var shell = new Shell();
                      try (var site = new Site()) {
                        site.show(story.getValue(), Duration.ZERO);
                        assertThat(shell.run("changes", "--agent", site.url())).isZero();
                      }

                      Golden.assertEqual("changes-" + story.getKey() + ".txt", shell.out());
                      assertThat(shell.out().lines())
                          .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
                    }));
  }

  @Test
  void json_is_what_the_agent_answers() {
    var shell = new Shell();
    var late = new Shell();
    try (var site = new Site()) {
      site.show(World.lasting(Stories.primaryKilled()), Duration.ZERO);

      assertThat(shell.run("changes", "--agent", site.url(), "--format", "json")).isZero();
      assertThat(
              late.run(
                  "changes",
                  "--agent",
                  site.url(),
                  "--format",
                  "json",
                  "--since",
                  "2999-01-01T00:00:00Z"))
          .isZero();
    }

    assertThat(shell.out()).contains("\"kind\" : \"drift_fired\"");
    assertThat(late.out()).contains("\"changes\" : [ ]");
    assertThat(late.err()).startsWith("0 changes of ");
  }

  @Test
  void a_journal_is_read_beside_the_agent_that_keeps_it() {
    var snapshot = World.lasting(Stories.primaryKilled());
    var here = new Shell();
    var other = new Shell();
    var asked = new Shell();
    try (var kept = new StateDirectory(folder, () -> World.START);
        var site = new Site()) {
      kept.keepLast(World.history(Stories.primaryKilled()));
      site.show(snapshot, Duration.ZERO);

      assertThat(here.run("changes", "--state", folder.toString())).as(here.err()).isZero();
      assertThat(other.run("changes", "--state", folder.toString(), "pg-other")).isZero();
      asked.run("changes", "--agent", site.url());
    }

    assertThat(here.out()).isEqualTo(asked.out()).contains("drift fired");
    assertThat(other.out()).doesNotContain("drift fired");
  }

  @Test
  void a_missing_journal_is_reported_in_one_sentence() {
    var none = new Shell();
    var empty = new Shell();
    var wrong = new Shell();

    assertThat(none.run("changes")).isEqualTo(2);
    assertThat(empty.run("changes", "--state", folder.toString())).isEqualTo(2);
    assertThat(wrong.run("changes", "--since", "yesterday")).isEqualTo(2);

    assertThat(none.err()).startsWith("pgtopo: there is no journal: wanted --agent URL");
    assertThat(empty.err())
        .isEqualTo(
            "pgtopo: the journal in %s cannot be read: it holds no state of an agent\n"
                .formatted(folder));
    assertThat(wrong.err()).contains("wanted a time such as").contains("Found: yesterday");
  }
}
