package io.pgtopo.agent.live;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/** How long things take on this machine, which may build something else meanwhile. */
final class MachineLoad {
  private static final int MOST = 4;

  private MachineLoad() {}

  /**
   * A deadline that an idle machine keeps, and a busy one too: longer by as many processes as wait
   * for each processor, as far as the load of the last minute shows.
   */
  static Duration allowed(Duration idle) {
    var system = ManagementFactory.getOperatingSystemMXBean();
    var waiting = system.getSystemLoadAverage() / system.getAvailableProcessors();
    return idle.multipliedBy(Math.clamp((long) Math.ceil(waiting), 1, MOST));
  }
}
