package io.pgtopo.config.model;

import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A block of IP addresses.
 *
 * @param address any of them
 * @param prefixLength the number of bits that they share
 */
public record Network(IpAddress address, int prefixLength) {
  private static final Pattern FORM = Pattern.compile("([^/]+)(?:/(\\d{1,3}))?");
  private static final int V4_NEIGHBOURHOOD = 24;
  private static final int V6_NEIGHBOURHOOD = 64;

  public Network {
    if (prefixLength < 0 || prefixLength > address.bits()) {
      throw new IllegalArgumentException("a network of " + address + "/" + prefixLength);
    }
    var hostBits = address.bits() - prefixLength;
    address =
        new IpAddress(address.value().shiftRight(hostBits).shiftLeft(hostBits), address.bits());
  }

  /** Reads {@code 10.1.0.0/16} or {@code fd00::/8}; a single address is a network of itself. */
  public static Optional<Network> parse(String text) {
    var match = FORM.matcher(text.strip());
    if (!match.matches()) {
      return Optional.empty();
    }
    return IpAddress.parse(match.group(1))
        .flatMap(
            address -> {
              var length =
                  match.group(2) == null ? address.bits() : Integer.parseInt(match.group(2));
              return length <= address.bits()
                  ? Optional.of(new Network(address, length))
                  : Optional.empty();
            });
  }

  /** The usual network around an address: its /24, or its /64. */
  public static Network around(IpAddress address) {
    return new Network(address, address.bits() == 32 ? V4_NEIGHBOURHOOD : V6_NEIGHBOURHOOD);
  }

  public boolean contains(IpAddress other) {
    return other.bits() == address.bits() && prefix(other.value()).equals(prefix(address.value()));
  }

  private BigInteger prefix(BigInteger value) {
    return value.shiftRight(address.bits() - prefixLength);
  }

  @Override
  public String toString() {
    return address + "/" + prefixLength;
  }
}
