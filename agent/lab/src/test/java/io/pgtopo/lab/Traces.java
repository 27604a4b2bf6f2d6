package io.pgtopo.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a lab has on the machine: its directory, its processes, its network namespaces. */
record Traces(Path directory, List<Long> pids) {
  static Traces of(Lab lab) {
    List<Long> pids = new ArrayList<>();
    for (LabCluster cluster : lab.clusters()) {
      for (LabInstance instance : cluster.instances()) {
        processes(instance).map(ProcessHandle::pid).forEach(pids::add);
      }
    }
    return new Traces(lab.directory(), List.copyOf(pids));
  }

  /** The postmaster and its backends. */
  static Stream<ProcessHandle> processes(LabInstance instance) {
    try {
      String pid =
          Files.readAllLines(instance.dataDirectory().resolve("postmaster.pid")).getFirst();
      return ProcessHandle.of(Long.parseLong(pid)).stream()
          .flatMap(postmaster -> Stream.concat(Stream.of(postmaster), postmaster.descendants()));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Descriptions of what is left of it; empty if all is removed. */
  List<String> left() {
    List<String> left = new ArrayList<>();
    if (Files.exists(directory)) {
      left.add(directory.toString());
    }
    pids.stream().filter(Traces::isAlive).forEach(pid -> left.add("process " + pid));
    left.addAll(namespaces());
    return left;
  }

  /** A dead process that its parent has not collected yet is gone. */
  private static boolean isAlive(long pid) {
    try {
      return !Files.readString(Path.of("/proc", Long.toString(pid), "stat"))
          .replaceFirst("^.*\\) ", "")
          .startsWith("Z");
    } catch (IOException gone) {
      return false;
    }
  }

  private List<String> namespaces() {
    String id = directory.getFileName().toString().replace("pgtopo-lab-", "pgtopo-");
    Path all = Path.of("/run/netns");
    if (!Files.isDirectory(all)) {
      return List.of();
    }
    try (Stream<Path> names = Files.list(all)) {
      return names
          .map(name -> name.getFileName().toString())
          .filter(name -> name.startsWith(id))
          .map(name -> "namespace " + name)
          .toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
