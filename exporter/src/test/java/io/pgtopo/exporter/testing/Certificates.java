package io.pgtopo.exporter.testing;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** Certificates that are valid for an hour around a moment. */
public final class Certificates {
  private static final AtomicLong SERIALS = new AtomicLong(1);

  private Certificates() {}

  /** A certificate and its key. */
  public record Identity(X509Certificate certificate, KeyPair keys) {
    public String certificatePem() throws IOException {
      return pem(certificate);
    }

    /** PKCS#8. */
    public String keyPem() throws IOException {
      return pem(new JcaPKCS8Generator(keys.getPrivate(), null));
    }

    /** PKCS#1 or SEC 1, as OpenSSL wrote it before version 3. */
    public String oldKeyPem() throws IOException {
      if (keys.getPrivate() instanceof ECPrivateKey key) {
        var encoded =
            new org.bouncycastle.asn1.sec.ECPrivateKey(
                256, key.getS(), SECObjectIdentifiers.secp256r1);
        return pem(new PemObject("EC PRIVATE KEY", encoded.getEncoded()));
      }
      return pem(keys.getPrivate());
    }

    private static String pem(Object part) throws IOException {
      var text = new StringWriter();
      try (var writer = new JcaPEMWriter(text)) {
        writer.writeObject(part);
      }
      return text.toString();
    }
  }

  public static Identity authority(String name) throws GeneralSecurityException, IOException {
    return issue(name, ec(), Optional.empty());
  }

  public static Identity issue(String name, KeyPair keys, Identity authority)
      throws GeneralSecurityException, IOException {
    return issue(name, keys, Optional.of(authority));
  }

  private static Identity issue(String name, KeyPair keys, Optional<Identity> authority)
      throws GeneralSecurityException, IOException {
    var now = Instant.now();
    var subject = new X500Principal("CN=" + name);
    var issuer = authority.map(it -> it.certificate().getSubjectX500Principal()).orElse(subject);
    var builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            BigInteger.valueOf(SERIALS.getAndIncrement()),
            Date.from(now.minusSeconds(1800)),
            Date.from(now.plusSeconds(1800)),
            subject,
            keys.getPublic());
    builder.addExtension(
        Extension.basicConstraints, true, new BasicConstraints(authority.isEmpty()));
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(
            new GeneralName[] {
              new GeneralName(GeneralName.dNSName, name),
              new GeneralName(GeneralName.iPAddress, "127.0.0.1")
            }));
    var signer = authority.map(Identity::keys).orElse(keys).getPrivate();
    try {
      var holder = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer));
      return new Identity(new JcaX509CertificateConverter().getCertificate(holder), keys);
    } catch (OperatorCreationException broken) {
      throw new GeneralSecurityException(broken);
    }
  }

  public static KeyPair ec() throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  public static KeyPair rsa() throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  /** TLS of a client that trusts an authority alone, and shows what it has of its own, if any. */
  public static SSLContext trusting(Identity authority, KeyManager... own)
      throws GeneralSecurityException, IOException {
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, new char[0]);
    trusted.setCertificateEntry("authority", authority.certificate());
    var trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    var context = SSLContext.getInstance("TLS");
    context.init(own, trust.getTrustManagers(), null);
    return context;
  }
}
