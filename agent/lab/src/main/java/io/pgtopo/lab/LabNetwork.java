package io.pgtopo.lab;

import java.nio.file.Path;
import java.util.List;

/** How the nodes of a lab get their addresses. */
public enum LabNetwork {
  /**
   * Addresses 127.77.x.y of the loopback interface: needs no rights; servers see each other as
   * 127.0.0.1.
   */
  LOOPBACK,

  /**
   * A Linux network namespace per node: needs root; servers see each other as 10.77.x.y, and links
   * can be cut.
   */
  NAMESPACES;

  /** Whether the caller may have such a network on this machine. */
  public boolean isAvailable() {
    return switch (this) {
      case LOOPBACK -> true;
      case NAMESPACES ->
          ServerUser.choose().isOtherThanCaller()
              && Command.find("ip").isPresent()
              && Command.find("unshare").isPresent()
              && canUnshare();
    };
  }

  /** A container's root may lack the capability. */
  private static boolean canUnshare() {
    try {
      Command.run(Path.of("/"), List.of("unshare", "--net", "--mount", "true"));
      return true;
    } catch (LabException refused) {
      return false;
    }
  }
}
