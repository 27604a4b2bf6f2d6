package io.pgtopo.lab;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A JVM of its own with a lab that it never closes: it says what it has on the machine and waits to
 * be killed.
 */
final class LabProcess {
  private LabProcess() {}

  public static void main(String[] arguments) throws IOException {
    Lab lab =
        Lab.open(LabOptions.of(Postgres.version(18)).network(LabNetwork.valueOf(arguments[0])));
    System.out.println(lab.directory());
    LabCluster cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    cluster.instance(2).freeze();
    Traces.of(lab).pids().forEach(System.out::println);
    System.out.println("ready");
    System.in.transferTo(OutputStream.nullOutputStream());
  }
}
