package io.pgtopo.config.ansible;

import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Files that describe PostgreSQL servers too, and are no inventory. */
enum ForeignFormat {
  PATRONI(
      "a configuration of Patroni",
      "(?m)\\A(?=[\\s\\S]*^scope:)(?=[\\s\\S]*^(?:restapi|bootstrap|postgresql):)",
      "(?m)^[ \\t]+connect_address:\\s*[\"']?(?<host>[^\\s\"':]+)"),
  REPMGR(
      "a configuration of repmgr",
      "(?m)\\A(?=[\\s\\S]*^node_id\\s*=)(?=[\\s\\S]*^conninfo\\s*=)",
      "(?m)^conninfo\\s*=.*\\bhost=(?<host>[^\\s']+)"),
  CLOUD_NATIVE_PG(
      "a manifest of CloudNativePG", "(?m)^apiVersion:\\s*[\"']?postgresql\\.cnpg\\.io/", ""),
  ZALANDO("a manifest of Zalando's operator", "(?m)^apiVersion:\\s*[\"']?acid\\.zalan\\.do/", ""),
  SERVICE_FILE(
      "a service file of libpq",
      "(?m)^\\[[^\\]:\\s]+]\\s*\\n(?:host|hostaddr|port|dbname|user)\\s*=",
      "(?m)^host(?:addr)?\\s*=\\s*(?<host>\\S+)"),
  FILE_SD(
      "targets of Prometheus (file_sd)",
      "\\A\\s*(?:\\[\\s*\\{|-)\\s*[\"']?targets[\"']?\\s*:",
      "targets[\"']?\\s*:\\s*(?:\\[\\s*|\\n\\s*-\\s*)[\"']?(?<host>[^\\s\"':,\\]]+)");

  /** What tells a format stands in front. */
  private static final int LONGEST = 20_000;

  private final String meaning;
  private final String sign;
  private final String host;

  ForeignFormat(String meaning, String sign, String host) {
    this.meaning = meaning;
    this.sign = sign;
    this.host = host;
  }

  /** What a text is, and the command that starts from it; empty if it may be an inventory. */
  static Optional<String> of(String whole) {
    var text = whole.substring(0, Math.min(whole.length(), LONGEST));
    return Stream.of(values())
        .filter(format -> Pattern.compile(format.sign).matcher(text).find())
        .findFirst()
        .map(
            format ->
                format.meaning
                    + "; 'pgtopo discover --from "
                    + format.server(text)
                    + " > pigsty.yml' writes an inventory from the live servers");
  }

  private String server(String text) {
    var match = Pattern.compile(host.isEmpty() ? "(?<host>\\b)" : host).matcher(text);
    return match.find() && !match.group("host").isEmpty() ? match.group("host") : "SERVER";
  }
}
