package io.pgtopo.config.settings;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.IpAddress;
import io.pgtopo.config.reading.Expected;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The web settings before it is known what is declared.
 *
 * @param instance where the name of the own instance stands
 */
public record WebDraft(
    Endpoint listen, Optional<Located> instance, List<String> hostNames, WebAccess access) {

  /** What stands in the settings. */
  record Given(
      Optional<Located> instance,
      List<String> hostNames,
      Optional<Path> webConfig,
      boolean isInsecure) {}

  static WebDraft read(
      Endpoint listen, Place listenAt, Given given, SourceFiles sources, Problems problems) {
    var access =
        given
            .webConfig()
            .map(file -> new WebReader(sources, problems).read(file))
            .orElse(WebAccess.OPEN);
    var isClosed = access.tls().isPresent() && access.isAuthenticated();
    if (!IpAddress.isLoopback(listen.host()) && !isClosed && !given.isInsecure()) {
      problems.error(
          Code.BAD_VALUE,
          listenAt,
          "wanted a loopback address, or a web_config with TLS and with users or verified client"
              + " certificates, or insecure: true. Found: %s with %s"
                  .formatted(listen, described(access)));
    }
    return new WebDraft(
        listen,
        given.instance(),
        given.hostNames().stream().map(name -> name.toLowerCase(Locale.ROOT)).toList(),
        access);
  }

  private static String described(WebAccess access) {
    var tls = access.tls().isPresent() ? "TLS" : "no TLS";
    return tls + (access.isAuthenticated() ? " and a login" : " and no login");
  }

  /** The settings, once the instance that they name is found to be declared. */
  public Web complete(Inventory inventory, Problems problems) {
    var name = instance.flatMap(found -> new Expected(problems).text(found, "an instance"));
    if (name.isPresent()
        && inventory.instances().noneMatch(declared -> name.get().equals(declared.name()))) {
      problems.error(
          Code.BAD_VALUE,
          instance.get().place(),
          "wanted the name of a declared instance. Found: " + instance.get().value().description());
    }
    return new Web(name, hostNames, access);
  }
}
