package dev.wxnotify.server.grpc;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Reads the names of a client certificate once, at the start of a connection. */
final class ClientCertificates extends ServerTransportFilter {
  /** Set on connections with a certificate. */
  static final Attributes.Key<CertificateCaller> CALLER = Attributes.Key.create("wxnotify-caller");

  private static final int TYPE_EMAIL = 1;
  private static final int TYPE_DNS = 2;
  private static final int TYPE_URI = 6;

  @Override
  public Attributes transportReady(Attributes attributes) {
    X509Certificate certificate = certificate(attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
    return certificate == null
        ? attributes
        : attributes.toBuilder().set(CALLER, new CertificateCaller(names(certificate))).build();
  }

  private static @Nullable X509Certificate certificate(@Nullable SSLSession session) {
    try {
      return session != null && session.getPeerCertificates()[0] instanceof X509Certificate its
          ? its
          : null;
    } catch (SSLPeerUnverifiedException e) {
      return null; // No client certificate, where none is required.
    }
  }

  /** Returns the URIs, DNS names and e-mail addresses of the certificate, then its common name. */
  static List<String> names(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    for (int type : new int[] {TYPE_URI, TYPE_DNS, TYPE_EMAIL}) {
      for (List<?> name : alternatives(certificate)) {
        if (name.get(0).equals(type)) {
          names.add((String) name.get(1));
        }
      }
    }
    String common = commonName(certificate);
    if (common != null) {
      names.add(common);
    }
    names.removeIf(String::isBlank);
    return names;
  }

  private static Collection<List<?>> alternatives(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null ? List.of() : names;
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }

  private static @Nullable String commonName(X509Certificate certificate) {
    try {
      LdapName subject = new LdapName(certificate.getSubjectX500Principal().getName());
      for (Rdn part : subject.getRdns()) {
        if (part.getType().equalsIgnoreCase("CN") && part.getValue() instanceof String name) {
          return name;
        }
      }
      return null;
    } catch (InvalidNameException e) {
      return null;
    }
  }
}
