package io.pgtopo.config.reading;

import io.pgtopo.config.model.Endpoint;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code host:port}, {@code [ipv6]:port} and {@code :port}. */
public final class Addresses {
  private static final Pattern FORM =
      Pattern.compile("(?:\\[(?<v6>[0-9a-fA-F:.%]+)]|(?<host>[^:\\s\\[\\]]*)):(?<port>\\d{1,5})");

  private Addresses() {}

  /** Empty if it is none; without a host, every address of the machine. */
  public static Optional<Endpoint> parse(String text) {
    var match = FORM.matcher(text.strip());
    if (!match.matches()) {
      return Optional.empty();
    }
    var port = Integer.parseInt(match.group("port"));
    if (port < 1 || port > 65_535) {
      return Optional.empty();
    }
    var host = match.group("v6") == null ? match.group("host") : match.group("v6");
    return Optional.of(new Endpoint(host.isEmpty() ? "0.0.0.0" : host, port));
  }
}
