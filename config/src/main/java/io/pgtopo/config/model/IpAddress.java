package io.pgtopo.config.model;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An IP address in its numeric form. One of IPv4 that is written as IPv6 ({@code ::ffff:10.0.0.1})
 * is the one of IPv4.
 *
 * @param bits 32 or 128
 */
public record IpAddress(BigInteger value, int bits) {
  private static final Pattern V4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");

  /** The first seven bits of fc00::/7. */
  private static final int UNIQUE_LOCAL = 0xfc >> 1;

  private static final int UNIQUE_LOCAL_SHIFT = 128 - 7;

  /** Two zero groups or more, with the colons around them. */
  private static final Pattern ZEROS = Pattern.compile("(?:^|:)0(?::0)+(?::|$)");

  private static final Pattern V6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  /** Empty if the text is a host name, or has a zone. Resolves no name. */
  public static Optional<IpAddress> parse(String text) {
    if (!V4.matcher(text).matches() && !V6.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      var bytes = InetAddress.getByName(text).getAddress();
      return Optional.of(new IpAddress(new BigInteger(1, bytes), 8 * bytes.length));
    } catch (UnknownHostException malformed) {
      return Optional.empty();
    }
  }

  /** Whether a host is {@code localhost}, 127.0.0.0/8 or ::1. Other names may lead anywhere. */
  public static boolean isLoopback(String host) {
    return host.equalsIgnoreCase("localhost")
        || parse(host).filter(IpAddress::isLoopback).isPresent();
  }

  /** Whether it is 127.0.0.0/8 or ::1. */
  public boolean isLoopback() {
    return address().isLoopbackAddress();
  }

  /** Whether it is valid on one link only: 169.254.0.0/16 or fe80::/10. */
  public boolean isLinkLocal() {
    return address().isLinkLocalAddress();
  }

  /** Whether it is set aside for private networks: RFC 1918, RFC 4193. */
  public boolean isPrivate() {
    return bits == 32
        ? address().isSiteLocalAddress()
        : value.shiftRight(UNIQUE_LOCAL_SHIFT).intValue() == UNIQUE_LOCAL;
  }

  private InetAddress address() {
    var bytes = new byte[bits / 8];
    var digits = value.toByteArray();
    for (var i = 0; i < Math.min(bytes.length, digits.length); i++) {
      bytes[bytes.length - 1 - i] = digits[digits.length - 1 - i];
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("an address of " + bits + " bits", impossible);
    }
  }

  /**
   * A host as PostgreSQL prints it: an address of IPv6 has many spellings, all others are as given.
   */
  public static String canonical(String host) {
    return host.indexOf(':') < 0 ? host : parse(host).map(IpAddress::toString).orElse(host);
  }

  /** The form of RFC 5952, such as {@code ::1}. */
  @Override
  public String toString() {
    var text = address().getHostAddress();
    var zeros =
        ZEROS.matcher(text).results().max(Comparator.comparingInt(run -> run.group().length()));
    return zeros.isEmpty()
        ? text
        : text.substring(0, zeros.get().start()) + "::" + text.substring(zeros.get().end());
  }
}
