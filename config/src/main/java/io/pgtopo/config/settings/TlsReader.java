package io.pgtopo.config.settings;

import io.pgtopo.config.model.Secret;
import io.pgtopo.config.reading.Expected;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import io.pgtopo.config.settings.WebAccess.CipherOrder;
import io.pgtopo.config.settings.WebAccess.ClientAuth;
import io.pgtopo.config.settings.WebAccess.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads {@code tls_server_config}, and the files that it names. */
final class TlsReader {
  private static final List<String> KEYS =
      List.of(
          "cert",
          "key",
          "client_ca",
          "cert_file",
          "key_file",
          "client_auth_type",
          "client_ca_file",
          "client_allowed_sans",
          "min_version",
          "max_version",
          "cipher_suites",
          "prefer_server_cipher_suites",
          "curve_preferences");

  private final SourceFiles sources;
  private final Problems problems;
  private final Path file;
  private final Expected expected;

  TlsReader(SourceFiles sources, Problems problems, Path file) {
    this.sources = sources;
    this.problems = problems;
    this.file = file;
    this.expected = new Expected(problems);
  }

  Optional<WebAccess.Tls> read(Located section) {
    WebReader.unknown(section, KEYS)
        .forEach(
            (place, meant) ->
                problems.error(
                    Code.UNKNOWN_SETTING,
                    place,
                    "wanted a TLS setting. Found: an unknown one" + meant));
    var certificates = pem(section, "cert");
    var key = pem(section, "key");
    if (certificates.isEmpty() || key.isEmpty()) {
      if (KEYS.stream().anyMatch(name -> section.find(name).isPresent())) {
        missing(section, certificates.isEmpty() ? "cert_file" : "key_file");
      }
      return Optional.empty();
    }
    return Optional.of(
        new WebAccess.Tls(
            new WebAccess.Material(file.toString(), certificates.get(), new Secret(key.get())),
            clients(section),
            protocol(section)));
  }

  /** What stands in the file itself, or in the one that it names. */
  private Optional<String> pem(Located section, String name) {
    var inline = section.find(name);
    var named = section.find(name + "_file");
    if (inline.isPresent() && named.isPresent()) {
      problems.error(
          Code.BAD_VALUE,
          inline.get().place(),
          "wanted either " + name + " or " + name + "_file. Found: both");
    }
    if (inline.isPresent()) {
      return expected.text(inline.get(), "PEM text");
    }
    return named
        .flatMap(found -> expected.text(found, "a file").flatMap(text -> path(found, text)))
        .flatMap(sources::bytes)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  private Optional<Path> path(Located found, String name) {
    try {
      return Optional.of(file.resolveSibling(name));
    } catch (InvalidPathException invalid) {
      problems.error(
          Code.BAD_VALUE,
          found.place(),
          "wanted the path of a file. Found: " + invalid.getReason());
      return Optional.empty();
    }
  }

  private void missing(Located section, String key) {
    var isUnreadable = section.find(key).isPresent();
    if (!isUnreadable) {
      problems.error(
          Code.BAD_VALUE, section.place(), "wanted both cert_file and key_file. Found: no " + key);
    }
  }

  private WebAccess.Clients clients(Located section) {
    var auth =
        section
            .find("client_auth_type")
            .flatMap(found -> word(found, ClientAuth.values(), ClientAuth::word))
            .orElse(ClientAuth.NONE);
    var authority = pem(section, "client_ca");
    var names = section.find("client_allowed_sans").map(this::texts).orElse(List.of());
    if (auth.verifies() && authority.isEmpty()) {
      problems.error(
          Code.BAD_VALUE,
          section.place(),
          "wanted client_ca_file for client_auth_type " + auth.word() + ". Found: none");
    }
    if (!auth.verifies() && authority.isPresent()) {
      problems.error(
          Code.BAD_VALUE,
          section.place(),
          "wanted a client_auth_type that verifies, for client_ca_file. Found: " + auth.word());
    }
    if (!names.isEmpty() && !auth.requires()) {
      problems.error(
          Code.BAD_VALUE,
          section.place(),
          "wanted a client_auth_type that requires a certificate, for client_allowed_sans. Found: "
              + auth.word());
    }
    return new WebAccess.Clients(auth, authority, names);
  }

  private WebAccess.Protocol protocol(Located section) {
    var min = version(section, "min_version").orElse(Version.TLS12);
    var max = version(section, "max_version").orElse(Version.TLS13);
    if (min.compareTo(max) > 0) {
      problems.error(
          Code.BAD_VALUE,
          section.place(),
          "wanted a min_version up to max_version. Found: " + min + " and " + max);
    }
    var prefersServer =
        section.find("prefer_server_cipher_suites").flatMap(expected::bool).orElse(true);
    return new WebAccess.Protocol(
        min,
        max,
        section.find("cipher_suites").map(this::texts).orElse(List.of()),
        prefersServer ? CipherOrder.SERVER : CipherOrder.CLIENT,
        section.find("curve_preferences").map(this::texts).orElse(List.of()));
  }

  private Optional<Version> version(Located section, String key) {
    return section.find(key).flatMap(found -> word(found, Version.values(), Version::name));
  }

  private List<String> texts(Located found) {
    return expected.texts(found, "a name");
  }

  private <T> Optional<T> word(Located found, T[] values, Function<T, String> word) {
    var text = expected.text(found, "a word");
    var value =
        Arrays.stream(values).filter(one -> text.equals(Optional.of(word.apply(one)))).findFirst();
    if (text.isPresent() && value.isEmpty()) {
      problems.error(
          Code.BAD_VALUE,
          found.place(),
          "wanted one of %s. Found: %s"
              .formatted(
                  Arrays.stream(values).map(word).collect(Collectors.joining(", ")),
                  found.value().description()));
    }
    return value;
  }
}
