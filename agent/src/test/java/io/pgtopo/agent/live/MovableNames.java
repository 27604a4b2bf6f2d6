package io.pgtopo.agent.live;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/** Host names that lead where a test says, as after a change in DNS. Others lead where they do. */
public final class MovableNames extends InetAddressResolverProvider {
  private static final ConcurrentMap<String, String> ADDRESSES = new ConcurrentHashMap<>();

  static void lead(String name, String address) {
    ADDRESSES.put(name, address);
  }

  @Override
  public InetAddressResolver get(Configuration configuration) {
    var system = configuration.builtinResolver();
    return new InetAddressResolver() {
      @Override
      public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
          throws UnknownHostException {
        var moved = Optional.ofNullable(ADDRESSES.get(host));
        return moved.isEmpty()
            ? system.lookupByName(host, policy)
            : Stream.of(
                InetAddress.getByAddress(host, InetAddress.getByName(moved.get()).getAddress()));
      }

      @Override
      public String lookupByAddress(byte[] address) throws UnknownHostException {
        return system.lookupByAddress(address);
      }
    };
  }

  @Override
  public String name() {
    return "names that a test moves";
  }
}
