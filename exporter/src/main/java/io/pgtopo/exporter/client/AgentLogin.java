package io.pgtopo.exporter.client;

import io.pgtopo.exporter.platform.CommandFailed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The login at a running agent.
 *
 * @param authorization the header; empty for an anonymous client
 * @param trust whom TLS believes; empty for those that the system does
 */
public record AgentLogin(Optional<String> authorization, Optional<SSLContext> trust) {
  static final String USER = "PGTOPO_AGENT_USER";
  static final String PASSWORD = "PGTOPO_AGENT_PASSWORD";
  static final String PASSWORD_FILE = "PGTOPO_AGENT_PASSWORD_FILE";
  static final String ROOT_CERTIFICATE = "PGTOPO_AGENT_CA";

  /** No file of a login has more. */
  private static final int MAX_BYTES = 1024 * 1024;

  private static final Set<PosixFilePermission> OF_OTHERS =
      Set.of(
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  /** An anonymous client. */
  static final AgentLogin NONE = new AgentLogin(Optional.empty(), Optional.empty());

  /** What options say, and the environment where they do not. */
  public static AgentLogin of(
      Optional<String> user,
      Optional<Path> passwordFile,
      Optional<Path> rootCertificate,
      Map<String, String> environment) {
    var name = user.or(() -> Optional.ofNullable(environment.get(USER)));
    var file =
        passwordFile.or(() -> Optional.ofNullable(environment.get(PASSWORD_FILE)).map(Path::of));
    var password =
        file.map(AgentLogin::password).or(() -> Optional.ofNullable(environment.get(PASSWORD)));
    if (name.isPresent() != password.isPresent()) {
      throw new CommandFailed(
          "a login at the agent is a user (--agent-user, %s) and a password (--agent-password-file, %s, %s). Found: only a %s"
              .formatted(USER, PASSWORD_FILE, PASSWORD, name.isPresent() ? "user" : "password"));
    }
    var root =
        rootCertificate.or(
            () -> Optional.ofNullable(environment.get(ROOT_CERTIFICATE)).map(Path::of));
    return new AgentLogin(
        name.flatMap(it -> password.map(secret -> basic(it, secret))), root.map(AgentLogin::trust));
  }

  private static String basic(String user, String password) {
    var login = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(login);
  }

  /** Its first line. */
  private static String password(Path file) {
    try {
      if (Files.isRegularFile(file)
          && Files.getPosixFilePermissions(file).stream().anyMatch(OF_OTHERS::contains)) {
        throw new CommandFailed(
            "the password file %s may be read or changed by others; wanted permissions 0600 or 0640"
                .formatted(file));
      }
      return new String(content(file), StandardCharsets.UTF_8).lines().findFirst().orElse("");
    } catch (IOException unreadable) {
      throw unreadable("password file", file, unreadable);
    }
  }

  private static byte[] content(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      var bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException("it has more than 1 MiB");
      }
      return bytes;
    }
  }

  private static SSLContext trust(Path file) {
    try {
      var in = new ByteArrayInputStream(content(file));
      var store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("root-" + store.size(), certificate);
      }
      if (store.size() == 0) {
        throw new CommandFailed(
            "the root certificate file %s holds no certificate".formatted(file));
      }
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      var context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (IOException unreadable) {
      throw unreadable("root certificate file", file, unreadable);
    } catch (GeneralSecurityException wrong) {
      throw new CommandFailed(
          "the root certificate file %s holds no certificate in PEM: %s"
              .formatted(file, wrong.getMessage()),
          wrong);
    }
  }

  private static CommandFailed unreadable(String what, Path file, IOException failure) {
    var why =
        switch (failure) {
          case NoSuchFileException none -> "nothing is there";
          case AccessDeniedException denied -> "this user may not read it";
          default ->
              Files.isDirectory(file) ? "it is a directory" : String.valueOf(failure.getMessage());
        };
    return new CommandFailed("the %s %s cannot be read: %s".formatted(what, file, why), failure);
  }
}
