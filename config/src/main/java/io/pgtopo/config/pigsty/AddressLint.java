package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.model.IpAddress;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.Value;
import java.util.Collection;
import java.util.HashMap;
import java.util.Optional;
import java.util.regex.Pattern;

/** Checks the addresses of instances, and that a host belongs to one cluster. */
record AddressLint(Problems problems) {
  private static final Pattern NAME =
      Pattern.compile("(?=.{1,253}\\.?$)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})\\.?)+");
  private static final Pattern ZONE = Pattern.compile("(?<=.)%.+");
  private static final int MULTICAST = 224;
  private static final int MULTICAST_6 = 255;
  private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");
  private static final String VARIABLE = ".vars.pg_cluster";

  /** Whether a server can have this address: an IP address or a host name. */
  static boolean isPossible(String address) {
    var parsed = IpAddress.parse(address);
    if (parsed.isPresent()) {
      return !isReserved(parsed.get());
    }
    var isName = NAME.matcher(address).matches() && !NUMBERS.matcher(address).matches();
    return isName || IpAddress.parse(ZONE.matcher(address).replaceFirst("")).isPresent();
  }

  /** 0.0.0.0, ::, multicast and broadcast. */
  private static boolean isReserved(IpAddress address) {
    var first = address.value().shiftRight(address.bits() - Byte.SIZE).intValue();
    return address.value().signum() == 0
        || first >= (address.bits() == Integer.SIZE ? MULTICAST : MULTICAST_6);
  }

  void check(Collection<Declaration> all) {
    var seen = new HashMap<String, Declaration>();
    for (var one : all) {
      var address = one.host().name();
      checkAddress(address, one.host().place());
      var other = seen.putIfAbsent(IpAddress.canonical(address) + ":" + one.endpoint().port(), one);
      if (other != null) {
        problems.fault(
            Code.DUP_ADDRESS,
            one.host().place(),
            "an address of its own for " + one.name(),
            "%s, which is the address of %s".formatted(address, other.name()));
      }
      checkCluster(one.host());
    }
  }

  /** Reports an address that no server can have. */
  void checkAddress(String address, Place place) {
    if (!isPossible(address)) {
      problems.fault(
          Code.BAD_ADDRESS,
          place,
          "an IP address or a host name",
          "%s; no server can be reached there"
              .formatted(new Value.Text(address, true, place.line()).description()));
    }
  }

  /** Two groups side by side give a host different clusters; its own value would decide. */
  private void checkCluster(Host host) {
    var found =
        host.layers().stream()
            .flatMap(layer -> Optional.ofNullable(layer.get("pg_cluster")).stream())
            .filter(it -> !Host.isForAllHosts(it.place()))
            .toList();
    if (found.isEmpty() || !found.getFirst().place().path().endsWith(VARIABLE)) {
      return;
    }
    var effective = found.getFirst();
    found.stream()
        .filter(other -> other.place().path().endsWith(VARIABLE))
        .filter(other -> !other.value().isSameAs(effective.value()))
        .filter(other -> !effective.place().path().startsWith(group(other) + ".children."))
        .forEach(
            other ->
                problems.fault(
                    Code.TWO_CLUSTERS,
                    effective.place(),
                    "one cluster for the host " + host.name(),
                    "%s here and %s on line %d of %s; it is taken for a member of the first one only"
                        .formatted(
                            effective.value().description(),
                            other.value().description(),
                            other.place().line(),
                            other.place().file())));
  }

  private static String group(Located found) {
    var path = found.place().path();
    return path.substring(0, path.length() - VARIABLE.length());
  }
}
