package io.pgtopo.agent.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The certificates that verify servers of HTTPS. */
public final class Trust {
  private Trust() {}

  /**
   * Those of a file, and no others. If it cannot be read no server is trusted, so that each answer
   * of one is a named failure: the file is checked where settings are read.
   */
  public static SSLContext of(String file) {
    try {
      var store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      load(file, store);
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      var context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException broken) {
      throw new IllegalStateException("TLS of the JDK does not work", broken);
    }
  }

  private static void load(String file, KeyStore store) throws GeneralSecurityException {
    try (var in = Files.newInputStream(Path.of(file))) {
      var number = 0;
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("root-" + number, certificate);
        number++;
      }
    } catch (IOException | CertificateException unreadable) {
      // Nothing is trusted then.
      return;
    }
  }
}
