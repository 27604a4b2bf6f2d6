package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/** A certificate that its server signed itself. */
public final class SelfSigned {
  public static final String PASSWORD = "changeit";

  private SelfSigned() {}

  /** A key and its certificate, made by the JDK. */
  public static KeyStore store(Path directory)
      throws IOException, GeneralSecurityException, InterruptedException {
    return store(directory, "dns:pg-test-1");
  }

  /** The same for a name of the server, such as {@code ip:127.0.0.1}. */
  public static KeyStore store(Path directory, String name)
      throws IOException, GeneralSecurityException, InterruptedException {
    var file = directory.resolve("server.p12");
    var keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=pg-test-1",
                "-ext",
                "san=" + name,
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    var words = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(words).isZero();
    return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
  }

  /** The certificate alone, in a file as clients have it. */
  public static Path certificate(KeyStore store, Path directory)
      throws IOException, GeneralSecurityException {
    var bytes = store.getCertificate("server").getEncoded();
    var text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return Files.writeString(
        directory.resolve("ca.pem"),
        "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n".formatted(text));
  }
}
