package io.pgtopo.exporter.json;

import io.pgtopo.exporter.testing.Golden;
import io.pgtopo.exporter.view.SafetyQuestion;
import io.pgtopo.exporter.view.SafetyReport;
import io.pgtopo.exporter.view.SnapshotReport;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class JsonGoldenTest {

  @TestFactory
  Stream<DynamicTest> the_topology_of_every_story_is_as_kept() {
    return Golden.ofEachStory(
        "topology-", ".json", snapshot -> Json.text(SnapshotReport.of(snapshot).topology()));
  }

  @TestFactory
  Stream<DynamicTest> the_safety_of_every_story_is_as_kept() {
    return Golden.ofEachStory(
        "safe-",
        ".json",
        snapshot ->
            Json.text(
                SafetyReport.of(snapshot, cluster -> true, SafetyQuestion.ANY, Duration.ZERO)));
  }

  @TestFactory
  Stream<DynamicTest> the_drift_of_every_story_is_as_kept() {
    return Golden.ofEachStory(
        "drift-", ".json", snapshot -> Json.text(SnapshotReport.of(snapshot).drift()));
  }
}
