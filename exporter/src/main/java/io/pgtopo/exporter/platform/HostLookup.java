package io.pgtopo.exporter.platform;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

/** The system's resolver of host names. */
public final class HostLookup {
  private HostLookup() {}

  /** The numeric addresses of a host; none if it has none. Blocks. */
  public static List<String> addresses(String host) {
    try {
      return Stream.of(InetAddress.getAllByName(host)).map(InetAddress::getHostAddress).toList();
    } catch (UnknownHostException none) {
      return List.of();
    }
  }
}
