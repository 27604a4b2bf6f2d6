package io.pgtopo.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabLifeIT {
  private static final Postgres NEWEST = Postgres.version(18);

  @Test
  void a_closed_lab_leaves_no_process_and_no_directory_though_one_server_was_frozen() {
    Traces traces;
    try (Lab lab = Lab.open(NEWEST, message -> {})) {
      LabCluster cluster = lab.cluster("pg-test").primary(1).replica(2).start();
      cluster.instance(2).freeze();
      traces = Traces.of(lab);
      assertThat(traces.pids()).hasSizeGreaterThan(8);
      assertThat(traces.left()).hasSizeGreaterThan(8);
    }

    assertThat(traces.left()).isEmpty();
  }

  @Test
  void a_lab_whose_reaper_was_killed_is_removed_all_the_same() {
    Traces traces;
    try (Lab lab = Lab.open(NEWEST, message -> {})) {
      lab.cluster("pg-test").primary(1).start();
      traces = Traces.of(lab);
      ProcessHandle.current()
          .children()
          .filter(child -> !traces.pids().contains(child.pid()))
          .forEach(ProcessHandle::destroyForcibly);
    }

    assertThat(traces.left()).isEmpty();
  }

  @Test
  void a_jvm_killed_with_sigkill_leaves_nothing() throws Exception {
    Process jvm = labProcess(LabNetwork.LOOPBACK);
    Traces traces = readTraces(jvm);
    assertThat(traces.left()).hasSizeGreaterThan(8);

    jvm.destroyForcibly().waitFor();

    Await.until("nothing is left of " + traces, () -> traces.left().isEmpty());
  }

  @Test
  void a_jvm_killed_while_it_starts_its_servers_leaves_nothing() throws Exception {
    Process jvm = labProcess(LabNetwork.LOOPBACK);
    Path directory = Path.of(jvm.inputReader().readLine());

    jvm.destroyForcibly().waitFor();

    Await.until(
        "nothing is left of " + directory,
        () ->
            new Traces(directory, List.of()).left().isEmpty() && processesIn(directory).isEmpty());
  }

  @Test
  void two_labs_live_side_by_side_with_clusters_of_the_same_name() {
    try (Lab first = Lab.open(NEWEST, message -> {});
        Lab second = Lab.open(NEWEST, message -> {})) {
      LabInstance one = first.cluster("pg-test").primary(1).start().instance(1);
      LabInstance other = second.cluster("pg-test").primary(1).start().instance(1);

      assertThat(one.host()).isNotEqualTo(other.host());
      assertThat(one.value("SELECT system_identifier FROM pg_control_system()"))
          .isNotEqualTo(other.value("SELECT system_identifier FROM pg_control_system()"));
    }
  }

  @Test
  void a_server_that_does_not_start_is_reported_with_its_log() {
    try (Lab lab = Lab.open(NEWEST, message -> {})) {
      ClusterPlan plan = lab.cluster("pg-test").primary(1, one -> one.set("no_such_setting", "1"));

      assertThatThrownBy(plan::start)
          .isInstanceOf(LabException.class)
          .hasMessageStartingWith("pg-test-1 ended while starting; its log:")
          .hasMessageContaining("unrecognized configuration parameter \"no_such_setting\"");
    }
  }

  @Test
  void a_plan_that_is_invalid_is_refused_before_anything_starts() {
    try (Lab lab = Lab.open(NEWEST, message -> {})) {
      assertThatThrownBy(() -> lab.cluster("pg-test").replica(1).start())
          .hasMessage("pg-test needs one primary. Found: 0");
      assertThatThrownBy(() -> lab.cluster("pg-test").primary(1).replica(1).start())
          .hasMessage("pg-test has two instances 1");
      assertThatThrownBy(
              () -> lab.cluster("pg-test").primary(1).replica(2, r -> r.follows(3)).start())
          .hasMessage("pg-test has no instance 3 to follow");
      assertThatThrownBy(
              () ->
                  lab.cluster("pg-test")
                      .primary(1)
                      .replica(2, r -> r.follows(3))
                      .replica(3, r -> r.follows(2))
                      .start())
          .hasMessage("pg-test-2 follows itself");
    }
  }

  static Process labProcess(LabNetwork network) throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            System.getProperty("java.class.path"),
            LabProcess.class.getName(),
            network.name())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  static Traces readTraces(Process jvm) throws IOException {
    BufferedReader output = jvm.inputReader();
    Path directory = Path.of(output.readLine());
    List<Long> pids = new ArrayList<>();
    for (String line = output.readLine(); !line.equals("ready"); line = output.readLine()) {
      pids.add(Long.valueOf(line));
    }
    return new Traces(directory, List.copyOf(pids));
  }

  private static List<String> processesIn(Path directory) {
    return ProcessHandle.allProcesses()
        .flatMap(process -> process.info().commandLine().stream())
        .filter(line -> line.contains(directory + "/data/"))
        .toList();
  }
}
