package io.pgtopo.config.settings;

import io.pgtopo.config.model.Secret;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import io.pgtopo.config.reading.ValueReader;
import io.pgtopo.config.settings.WebAccess.CipherOrder;
import io.pgtopo.config.settings.WebAccess.ClientAuth;
import io.pgtopo.config.settings.WebAccess.TlsVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads {@code tls_server_config}, and the files that it names. */
final class TlsReader {
  private static final List<String> KEYS =
      List.of(
          "cert",
          "key",
          "client_ca",
          "cert_file",
          "key_file",
          "client_ca_file",
          "client_auth_type",
          "client_allowed_sans",
          "min_version",
          "max_version",
          "cipher_suites",
          "prefer_server_cipher_suites",
          "curve_preferences");

  private final Problems problems;
  private final Path file;
  private final ValueReader reader;
  private final SettingParser parser;

  TlsReader(SourceFiles sources, Problems problems, Path file) {
    this.problems = problems;
    this.file = file;
    this.reader = new ValueReader(problems);
    this.parser = new SettingParser(sources, problems, Optional.ofNullable(file.getParent()));
  }

  Optional<WebAccess.TlsServer> read(Located section) {
    reader.onlyKeys(section, KEYS);
    var certificates = pem(section, "cert");
    var key = pem(section, "key");
    if (certificates.isEmpty() || key.isEmpty()) {
      if (KEYS.stream().anyMatch(name -> section.find(name).isPresent())) {
        refuseMissing(section, certificates.isEmpty() ? "cert_file" : "key_file");
      }
      return Optional.empty();
    }
    return Optional.of(
        new WebAccess.TlsServer(
            new WebAccess.Material(file.toString(), certificates.get(), new Secret(key.get())),
            clients(section),
            protocol(section)));
  }

  /** PEM text in the file itself, or in the one that it names. */
  private Optional<String> pem(Located section, String name) {
    var inline = section.find(name);
    var named = section.find(name + "_file");
    if (inline.isPresent() && named.isPresent()) {
      problems.error(
          Code.BAD_VALUE, inline.get().place(), "either " + name + " or " + name + "_file", "both");
    }
    return inline.isPresent()
        ? reader.text(inline.get(), "PEM text")
        : named.flatMap(parser::content);
  }

  /** A file that is named and cannot be read is a problem already. */
  private void refuseMissing(Located section, String key) {
    if (section.find(key).isEmpty()) {
      refuse(section, "both cert_file and key_file", "no " + key);
    }
  }

  private void refuse(Located section, String wanted, String found) {
    problems.error(Code.BAD_VALUE, section.place(), wanted, found);
  }

  private WebAccess.Clients clients(Located section) {
    var auth =
        section
            .find("client_auth_type")
            .flatMap(found -> reader.oneOf(found, ClientAuth.values()))
            .orElse(ClientAuth.NONE);
    var authority = pem(section, "client_ca");
    var names = texts(section, "client_allowed_sans");
    if (auth.verifies() && authority.isEmpty()) {
      refuse(section, "client_ca_file for client_auth_type " + auth.label(), "none");
    }
    if (!auth.verifies() && authority.isPresent()) {
      refuse(section, "a client_auth_type that verifies, for client_ca_file", auth.label());
    }
    if (!names.isEmpty() && !auth.requires()) {
      refuse(
          section,
          "a client_auth_type that requires a certificate, for client_allowed_sans",
          auth.label());
    }
    return new WebAccess.Clients(auth, authority, names);
  }

  private WebAccess.Protocol protocol(Located section) {
    var min = version(section, "min_version").orElse(TlsVersion.TLS12);
    var max = version(section, "max_version").orElse(TlsVersion.TLS13);
    if (min.compareTo(max) > 0) {
      refuse(section, "a min_version of at most max_version", min + " and " + max);
    }
    return new WebAccess.Protocol(
        min,
        max,
        texts(section, "cipher_suites"),
        reader.bool(section, "prefer_server_cipher_suites", true)
            ? CipherOrder.SERVER
            : CipherOrder.CLIENT,
        texts(section, "curve_preferences"));
  }

  private Optional<TlsVersion> version(Located section, String key) {
    return section.find(key).flatMap(it -> reader.oneOf(it, TlsVersion.values()));
  }

  private List<String> texts(Located section, String key) {
    return section.find(key).map(found -> reader.texts(found, "a name")).orElse(List.of());
  }
}
