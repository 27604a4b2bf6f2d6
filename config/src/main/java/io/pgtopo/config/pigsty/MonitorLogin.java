package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.model.Secret;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.Value;
import java.util.List;
import java.util.Optional;

/**
 * The monitoring user that an inventory declares: {@code pg_monitor_username} and {@code
 * pg_monitor_password} as they are effective on the nodes.
 */
public record MonitorLogin(Optional<String> user, Optional<Secret> password) {
  public static final String DEFAULT_USER = "dbuser_monitor";

  /** Without an inventory. */
  public static final MonitorLogin NONE = new MonitorLogin(Optional.empty(), Optional.empty());

  /** The login of the first node that declares one. Warns if others differ. */
  public static MonitorLogin of(List<Host> hosts, Problems problems) {
    var nodes = hosts.stream().filter(host -> host.find("pg_cluster").isPresent()).toList();
    var user = first(nodes, "pg_monitor_username", problems);
    var password = first(nodes, "pg_monitor_password", problems);
    return new MonitorLogin(user, password.map(Secret::new));
  }

  private static Optional<String> first(List<Host> nodes, String variable, Problems problems) {
    Located chosen = null;
    for (var node : nodes) {
      var found = node.find(variable).orElse(null);
      if (found == null || found.equals(chosen)) {
        continue;
      }
      if (chosen == null) {
        chosen = found;
      } else if (!chosen.value().isSameAs(found.value())) {
        problems.warn(
            Code.CREDENTIALS_DIFFER,
            found.place(),
            "one %s for all instances".formatted(variable),
            "another one than on line %d of %s, which is used everywhere; logins here may fail"
                .formatted(chosen.place().line(), chosen.place().file()));
      }
    }
    return chosen == null ? Optional.empty() : text(chosen, variable, problems);
  }

  private static Optional<String> text(Located found, String variable, Problems problems) {
    if (found.value() instanceof Value.Text text && !text.isTemplate()) {
      return Optional.of(text.value()).filter(value -> !value.isEmpty());
    }
    if (found.value() instanceof Value.Int number) {
      return Optional.of(Long.toString(number.value()));
    }
    problems.warn(
        found.value() instanceof Value.Opaque ? Code.ENCRYPTED : Code.TEMPLATE,
        found.place(),
        "plain text",
        "a value that only Ansible can read; set connection.%s, otherwise logins fail"
            .formatted(variable.endsWith("password") ? "password_file" : "user"));
    return Optional.empty();
  }
}
