package io.pgtopo.exporter.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.exporter.cli.Cli;
import io.pgtopo.exporter.testing.RealServers;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The demo as the README has it, on real servers. */
class DemoIT {

  @TestFactory
  Stream<DynamicTest> every_story_is_reported_as_staged_and_ends_in_sync() {
    return DemoStory.ALL.stream()
        .map(story -> DynamicTest.dynamicTest(story.name(), () -> stage(story)));
  }

  private static void stage(DemoStory story) {
    var out = new StringWriter();
    var err = new StringWriter();
    var status =
        Cli.create(RealServers.context())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute("demo", "--story", story.name(), "--exit");

    assertThat(status).as("%s%n%s", out, err).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString())
        .contains("4/4 reachable  in sync")
        .contains("story " + story.name())
        .contains("in sync again")
        .endsWith("all servers are stopped and their files removed\n");
    story.steps().stream()
        .flatMap(step -> step.fires().stream())
        .map(name -> name.split(" ", 2)[0])
        .filter(kind -> !kind.equals("unverifiable"))
        .forEach(kind -> assertThat(out.toString()).contains("✗ " + kind + ": "));
  }
}
