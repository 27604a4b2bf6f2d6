package io.pgtopo.exporter.web;

import io.pgtopo.config.settings.WebAccess;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Which client certificates are trusted. It is never used for certificates of servers. */
final class ClientTrust extends X509ExtendedTrustManager {
  private final Optional<X509ExtendedTrustManager> verifier;
  private final WebAccess.Clients clients;

  private ClientTrust(Optional<X509ExtendedTrustManager> verifier, WebAccess.Clients clients) {
    this.verifier = verifier;
    this.clients = clients;
  }

  static ClientTrust of(WebAccess.Clients clients, List<X509Certificate> authorities)
      throws GeneralSecurityException, IOException {
    if (!clients.auth().verifies()) {
      return new ClientTrust(Optional.empty(), clients);
    }
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, new char[0]);
    for (var i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("authority-" + i, authorities.get(i));
    }
    var factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    for (var manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager verifier) {
        return new ClientTrust(Optional.of(verifier), clients);
      }
    }
    throw new GeneralSecurityException("this JVM verifies no certificates");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    if (verifier.isPresent()) {
      verifier.get().checkClientTrusted(chain, type, engine);
    }
    checkName(chain[0]);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    if (verifier.isPresent()) {
      verifier.get().checkClientTrusted(chain, type);
    }
    checkName(chain[0]);
  }

  private void checkName(X509Certificate certificate) throws CertificateException {
    if (clients.allowedNames().isEmpty()) {
      return;
    }
    var names = Optional.ofNullable(certificate.getSubjectAlternativeNames()).orElse(List.of());
    var isAllowed =
        names.stream()
            .flatMap(List::stream)
            .anyMatch(part -> part instanceof String name && clients.allowedNames().contains(name));
    if (!isAllowed) {
      throw new CertificateException("none of its subject alternative names is allowed");
    }
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return verifier
        .map(X509ExtendedTrustManager::getAcceptedIssuers)
        .orElseGet(() -> new X509Certificate[0]);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw new CertificateException("not for certificates of servers");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("not for certificates of servers");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("not for certificates of servers");
  }
}
