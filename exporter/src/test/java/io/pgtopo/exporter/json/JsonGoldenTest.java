package io.pgtopo.exporter.json;

import io.pgtopo.exporter.testing.Golden;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.view.SnapshotReport;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class JsonGoldenTest {

  @TestFactory
  Stream<DynamicTest> the_topology_of_every_story_is_as_kept() {
    return World.stories()
        .map(
            story ->
                DynamicTest.dynamicTest(
                    story.getKey(),
                    () ->
                        Golden.assertEqual(
                            "topology-" + story.getKey() + ".json",
                            Json.text(SnapshotReport.of(story.getValue()).topology()))));
  }

  @TestFactory
  Stream<DynamicTest> the_drift_of_every_story_is_as_kept() {
    return World.stories()
        .map(
            story ->
                DynamicTest.dynamicTest(
                    story.getKey(),
                    () ->
                        Golden.assertEqual(
                            "drift-" + story.getKey() + ".json",
                            Json.text(SnapshotReport.of(story.getValue()).drift()))));
  }
}
