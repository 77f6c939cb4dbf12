package dev.wxnotify.server.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority for tests, which signs certificates for names. */
public final class TestCa {
  private static final Duration LIFE = Duration.ofDays(1);
  private static final AtomicLong SERIAL = new AtomicLong(1);

  private final String name;
  private final KeyPair keys = newKeys("EC");
  private final String pem;

  /** A certificate and its key, each in PEM. */
  public record Identity(String certificate, String privateKey) {

    /** Writes both to the directory, as {@code NAME.crt} and {@code NAME.key}. */
    public Identity writeTo(Path directory, String name) throws IOException {
      Files.writeString(directory.resolve(name + ".crt"), certificate);
      Files.writeString(directory.resolve(name + ".key"), privateKey);
      return this;
    }
  }

  /** Creates an authority. */
  public TestCa(String name) throws Exception {
    this.name = name;
    X509v3CertificateBuilder builder = builder("CN=" + name, keys, Instant.now().plus(LIFE));
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    this.pem = sign(builder);
  }

  /** Returns the authority's own certificate in PEM. */
  public String pem() {
    return pem;
  }

  /** Returns a certificate for {@code commonName} and further names. */
  public Identity issue(String commonName, GeneralName... alternatives) throws Exception {
    return issue("EC", Instant.now().plus(LIFE), commonName, alternatives);
  }

  /** Returns a certificate for a server on the loopback address. */
  public Identity issueForLoopback(String commonName) throws Exception {
    return issue(
        commonName,
        new GeneralName(GeneralName.dNSName, "localhost"),
        new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
  }

  /**
   * Returns a certificate.
   *
   * @param algorithm RSA or EC
   */
  public Identity issue(
      String algorithm, Instant until, String commonName, GeneralName... alternatives)
      throws Exception {
    KeyPair own = newKeys(algorithm);
    X509v3CertificateBuilder builder = builder("CN=" + commonName, own, until);
    if (alternatives.length > 0) {
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
    }
    StringWriter key = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(key)) {
      writer.writeObject(new JcaPKCS8Generator(own.getPrivate(), null));
    }
    return new Identity(sign(builder), key.toString());
  }

  /** Reads a certificate in PEM. */
  public static X509Certificate read(String pem) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  private X509v3CertificateBuilder builder(String subject, KeyPair own, Instant until) {
    return new JcaX509v3CertificateBuilder(
        new X500Name("CN=" + name),
        BigInteger.valueOf(SERIAL.getAndIncrement()),
        Date.from(Instant.now().minus(LIFE)),
        Date.from(until),
        new X500Name(subject),
        own.getPublic());
  }

  private String sign(X509v3CertificateBuilder builder)
      throws IOException, OperatorCreationException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(
          builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }
    return text.toString();
  }

  private static KeyPair newKeys(String algorithm) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (algorithm.equals("EC")) {
      generator.initialize(new ECGenParameterSpec("secp256r1"));
    } else {
      generator.initialize(2048);
    }
    return generator.generateKeyPair();
  }
}
