package io.pgtopo.agent.campaign;

import io.pgtopo.lab.LabInstance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/** Drops packets in the network namespace of a server. */
final class Firewall {
  private Firewall() {}

  /** Which packets are dropped. */
  enum Way {
    BOTH,
    IN,
    OUT
  }

  /**
   * Of all connections with another host.
   *
   * @return the command that lets all pass again
   */
  static String drop(LabInstance server, String host, Way way) {
    var inside = inside(server);
    if (way != Way.OUT) {
      run(inside + " -A INPUT -s " + host + " -j DROP");
    }
    if (way != Way.IN) {
      run(inside + " -A OUTPUT -d " + host + " -j DROP");
    }
    return inside + " -F";
  }

  private static String inside(LabInstance server) {
    try {
      var pid = Files.readAllLines(server.dataDirectory().resolve("postmaster.pid")).getFirst();
      return "ip netns exec " + output("ip netns identify " + pid).strip() + " iptables";
    } catch (IOException stopped) {
      throw new IllegalStateException(server + " does not run", stopped);
    }
  }

  /** Runs a command of the shell to its end. */
  static void run(String command) {
    output(command);
  }

  private static String output(String command) {
    try {
      var process = new ProcessBuilder("/bin/sh", "-c", command).redirectErrorStream(true).start();
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command + ": " + output);
      }
      return output;
    } catch (IOException failed) {
      throw new IllegalStateException(command, failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(command, interrupted);
    }
  }
}
