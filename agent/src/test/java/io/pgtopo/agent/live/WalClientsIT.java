package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PostgreSQL's own programs that receive WAL. Those of 15 know no later server. */
@DisplayName("WalClientsIT (skipped where PostgreSQL is not installed)")
class WalClientsIT {
  private final List<ProcessHandle> programs = new ArrayList<>();

  @BeforeEach
  void needsPrograms() {
    assumeTrue(DebianPrograms.serverBinaries().isPresent(), "PostgreSQL is not installed");
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 15})
  void what_archives_or_copies_is_no_replica_and_unverifiable_to_a_plain_login(
      int major, @TempDir Path directory) throws IOException {
    try (var lab = Lab.open(Postgres.version(major), progress -> {})) {
      var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
      var primary = cluster.instance(1);
      Files.createDirectory(directory.resolve("pg_receivewal"));
      try (var seeing = Watch.of(lab);
          var plain = Watch.of(lab, "plain")) {
        seeing.untilDriftsAre();
        launch(primary, "pg_receivewal", directory);
        // At this rate it takes minutes.
        launch(primary, "pg_basebackup", directory, "-X", "stream", "-c", "fast", "-r", "32");
        var isThere =
            "SELECT count(*) = 3 FROM pg_stat_replication WHERE application_name LIKE 'pg\\_%'";
        seeing.until("all three walsenders", snapshot -> RealServers.isTrue(primary, isThere));

        for (var poll = 0; poll < 5; poll++) {
          assertThat(Watch.drifts(seeing.cycle())).isEmpty();
        }
        assertThat(Watch.drifts(plain.cycle()))
            .contains(
                "unverifiable undeclared_instance \"pg_basebackup\"",
                "unverifiable undeclared_instance \"pg_receivewal\"")
            .noneMatch(drift -> drift.startsWith("undeclared_instance"));
      } finally {
        // pg_basebackup receives WAL in a process of its own.
        programs.stream().flatMap(ProcessHandle::descendants).forEach(DebianPrograms::end);
        programs.forEach(DebianPrograms::end);
      }
    }
  }

  private void launch(LabInstance primary, String program, Path directory, String... more)
      throws IOException {
    var words = new ArrayList<String>();
    words.add(DebianPrograms.serverBinaries().orElseThrow().resolve(program).toString());
    words.addAll(
        List.of(
            "-D",
            directory.resolve(program).toString(),
            "-h",
            primary.host(),
            "-p",
            Integer.toString(primary.port()),
            "-U",
            "replicator"));
    words.addAll(List.of(more));
    programs.add(
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .toHandle());
  }
}
