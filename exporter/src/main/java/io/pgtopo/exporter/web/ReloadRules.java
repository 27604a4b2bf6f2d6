package io.pgtopo.exporter.web;

import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.config.settings.Web;
import io.pgtopo.config.settings.WebAccess;
import java.util.ArrayList;
import java.util.Optional;

/**
 * What a reload may not change: an editor that empties the file before it writes must not open the
 * server to everybody.
 */
public final class ReloadRules {
  private ReloadRules() {}

  /**
   * Refuses a configuration that a running server does not change to.
   *
   * @throws InvalidConfigException if it enables or disables TLS, or admits clients that the one in
   *     use does not
   */
  public static void check(Web inUse, Web changed) {
    var before = inUse.access();
    var after = changed.access();
    var problems = new ArrayList<Problem>();
    if (before.tls().isPresent() != after.tls().isPresent()) {
      problems.add(
          problem(
              "tls_server_config",
              before.tls().isPresent() ? "TLS, as in use" : "no TLS, as in use",
              after.tls().isPresent() ? "TLS" : "no TLS"));
    }
    if (!before.users().isEmpty() && after.users().isEmpty()) {
      problems.add(problem("basic_auth_users", "at least one user, as in use", "none"));
    }
    var authentication = clients(before);
    if (authentication.filter(WebAccess.ClientAuth::requires).isPresent()
        && after.tls().isPresent()
        && !clients(after).equals(authentication)) {
      problems.add(
          problem(
              "tls_server_config.client_auth_type",
              authentication.get().label() + ", as in use",
              clients(after).orElse(WebAccess.ClientAuth.NONE).label()));
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
  }

  private static Optional<WebAccess.ClientAuth> clients(WebAccess access) {
    return access.tls().map(WebAccess.TlsServer::clients).map(WebAccess.Clients::auth);
  }

  private static Problem problem(String path, String wanted, String found) {
    return new Problem(
        Problem.Code.BAD_VALUE,
        Problem.Level.ERROR,
        "web_config",
        path,
        0,
        "wanted %s; restart pgtopo to change this. Found: %s".formatted(wanted, found));
  }
}
