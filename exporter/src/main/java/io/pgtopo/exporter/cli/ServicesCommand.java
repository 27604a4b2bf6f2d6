package io.pgtopo.exporter.cli;

import io.pgtopo.exporter.text.ServicesText;
import io.pgtopo.exporter.view.ServicesReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code pgtopo services}. */
@Command(
    name = "services",
    description =
        "Poll once, and print which servers of each declared service should get connections: by"
            + " the health check and the live roles; with services.dial which server a client reached,"
            + " with services.haproxy which ones load balancers use, with patroni.enabled, repmgr.enabled"
            + " and pg_auto_failover.enabled what HA managers believe.",
    exitCodeList = {"0:at least one server answered", "2:none answered, or bad input"})
final class ServicesCommand extends CycleCommand {
  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() throws InterruptedException {
    try (var cycles = open()) {
      var report = cycles.poll();
      var services =
          new ServicesReport(report.services(), report.undeclaredServices(), report.managers());
      print(output.of(style -> ServicesText.render(services, style), () -> services));
      cycles.explain(report);
      err().println(report.summary());
      return report.drift().reachable() > 0 ? 0 : FAILED;
    }
  }
}
