package dev.wxnotify.server.grpc;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.CertificateUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's certificate, its key, and the CA of its clients. They can be replaced while the
 * server runs: connections that are made later get the new ones, and those that there are go on.
 */
public final class Tls {
  private static final Logger log = LoggerFactory.getLogger(Tls.class);

  private final AdvancedTlsX509KeyManager identity = new AdvancedTlsX509KeyManager();
  private final @Nullable AdvancedTlsX509TrustManager clients;
  private Material material;

  /** The three files. */
  public enum File {
    /** The server's certificate and those above it, in PEM. */
    CERTIFICATE("the certificate"),
    /** The key of the certificate, in PEM. */
    PRIVATE_KEY("the private key"),
    /** The certificates that sign those of clients, in PEM. */
    CLIENT_CA("the client CA");

    private final String text;

    File(String text) {
      this.text = text;
    }
  }

  /** What the files hold cannot be used; it says of each file why. No text repeats content. */
  public static final class InvalidFilesException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Map<File, String> mistakes;

    InvalidFilesException(Map<File, String> mistakes) {
      super(
          mistakes.entrySet().stream()
              .map(mistake -> mistake.getKey().text + " " + mistake.getValue())
              .collect(Collectors.joining("; ")));
      this.mistakes = Map.copyOf(mistakes);
    }

    /** Returns what is wrong, by the file that is to blame. */
    public Map<File, String> mistakes() {
      return mistakes;
    }
  }

  /**
   * Takes the content of the files.
   *
   * @param clientCa null for a server that asks clients for no certificate
   */
  public Tls(byte[] certificate, byte[] privateKey, byte @Nullable [] clientCa)
      throws InvalidFilesException {
    this.material = Material.read(certificate, privateKey, clientCa);
    this.clients = clientCa == null ? null : trustManager();
    use(material);
  }

  /** Takes new content; where any of it cannot be used, everything stays as it is. */
  public synchronized void update(byte[] certificate, byte[] privateKey, byte @Nullable [] clientCa)
      throws InvalidFilesException {
    Material next = Material.read(certificate, privateKey, clientCa);
    if (!next.equals(material)) {
      material = next;
      use(next);
      log.info(
          "using the TLS certificate of {}, valid until {}, and {} client CA certificate(s)",
          next.certificate.get(0).getSubjectX500Principal(),
          next.certificate.get(0).getNotAfter().toInstant(),
          next.clientCa.size());
    }
  }

  /** Tells whether clients must have a certificate. */
  public boolean asksForCertificates() {
    return clients != null;
  }

  ServerCredentials credentials() {
    TlsServerCredentials.Builder credentials =
        TlsServerCredentials.newBuilder().keyManager(identity);
    if (clients != null) {
      credentials.trustManager(new UnnamedIssuers(clients)).clientAuth(ClientAuth.REQUIRE);
    }
    return credentials.build();
  }

  private static AdvancedTlsX509TrustManager trustManager() {
    try {
      return AdvancedTlsX509TrustManager.newBuilder()
          .setVerification(AdvancedTlsX509TrustManager.Verification.CERTIFICATE_ONLY_VERIFICATION)
          .build();
    } catch (CertificateException e) {
      throw new AssertionError("nothing is read yet", e);
    }
  }

  private void use(Material next) throws InvalidFilesException {
    if (clients != null) {
      try {
        clients.updateTrustCredentials(array(next.clientCa));
      } catch (IOException | GeneralSecurityException e) {
        throw new InvalidFilesException(Map.of(File.CLIENT_CA, "cannot be trusted: " + e));
      }
    }
    identity.updateIdentityCredentials(array(next.certificate), next.privateKey);
  }

  private static X509Certificate[] array(List<X509Certificate> certificates) {
    return certificates.toArray(new X509Certificate[0]);
  }

  /** What the files hold, read and checked. */
  private record Material(
      List<X509Certificate> certificate, PrivateKey privateKey, List<X509Certificate> clientCa) {

    private static final int NONCE_BYTES = 32;

    static Material read(byte[] certificate, byte[] privateKey, byte @Nullable [] clientCa)
        throws InvalidFilesException {
      Map<File, String> mistakes = new EnumMap<>(File.class);
      List<X509Certificate> chain = certificates(File.CERTIFICATE, certificate, mistakes);
      List<X509Certificate> ca =
          clientCa == null ? List.of() : certificates(File.CLIENT_CA, clientCa, mistakes);
      PrivateKey key = key(privateKey, mistakes);
      if (!chain.isEmpty() && key != null && !isPair(chain.get(0).getPublicKey(), key)) {
        mistakes.put(File.PRIVATE_KEY, "is not the key of the certificate");
      }
      if (!chain.isEmpty() && chain.get(0).getNotAfter().toInstant().isBefore(Instant.now())) {
        mistakes.put(File.CERTIFICATE, "expired at " + chain.get(0).getNotAfter().toInstant());
      }
      if (!mistakes.isEmpty() || key == null) {
        throw new InvalidFilesException(mistakes);
      }
      return new Material(chain, key, ca);
    }

    private static List<X509Certificate> certificates(
        File file, byte[] pem, Map<File, String> mistakes) {
      try {
        X509Certificate[] found =
            CertificateUtils.getX509Certificates(new ByteArrayInputStream(pem));
        if (found.length > 0) {
          return List.of(found);
        }
      } catch (CertificateException | RuntimeException e) {
        // The text of the exception may repeat what is in the file.
      }
      mistakes.put(file, "contains no certificate in PEM (BEGIN CERTIFICATE)");
      return List.of();
    }

    private static @Nullable PrivateKey key(byte[] pem, Map<File, String> mistakes) {
      try {
        return CertificateUtils.getPrivateKey(new ByteArrayInputStream(pem));
      } catch (IOException | GeneralSecurityException | RuntimeException e) {
        // The text of the exception may repeat what is in the file.
        mistakes.put(
            File.PRIVATE_KEY,
            "contains no unencrypted RSA or EC key in PKCS#8 (BEGIN PRIVATE KEY)");
        return null;
      }
    }

    private static boolean isPair(PublicKey certified, PrivateKey key) {
      String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
      byte[] nonce = new byte[NONCE_BYTES];
      new SecureRandom().nextBytes(nonce);
      try {
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(nonce);
        byte[] signed = signature.sign();
        signature.initVerify(certified);
        signature.update(nonce);
        return signature.verify(signed);
      } catch (GeneralSecurityException e) {
        return false; // Of different kinds.
      }
    }
  }
}
