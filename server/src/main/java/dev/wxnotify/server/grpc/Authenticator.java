package dev.wxnotify.server.grpc;

import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.health.v1.HealthGrpc;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Determines the caller of a call, or rejects the call. A token must belong to a caller; where the
 * connection has the certificate of a caller too, both must belong to the same caller. Health is
 * open to every client that can connect.
 */
final class Authenticator implements ServerInterceptor {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final String SCHEME = "Bearer ";
  private static final Logger log = LoggerFactory.getLogger(Authenticator.class);

  private final Callers callers;
  private final boolean allowAnonymous;

  /**
   * Creates an authenticator.
   *
   * @param allowAnonymous whether callers without credentials may send; they may not do more than
   *     that, such as use reflection
   */
  Authenticator(Callers callers, boolean allowAnonymous) {
    this.callers = callers;
    this.allowAnonymous = allowAnonymous;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    String service = call.getMethodDescriptor().getServiceName();
    if (HealthGrpc.SERVICE_NAME.equals(service)) {
      return next.startCall(call, headers);
    }
    Caller caller = caller(call, headers);
    if (caller == null || (caller.isAnonymous() && isReflection(service))) {
      return refuse(call);
    }
    return Contexts.interceptCall(caller.inContext(), call, headers, next);
  }

  private static boolean isReflection(@Nullable String service) {
    return service != null && service.startsWith("grpc.reflection.");
  }

  /** Returns whom the credentials of a call belong to now; null for nobody. */
  @Nullable Caller caller(ServerCall<?, ?> call, Metadata headers) {
    CallerDirectory now = callers.now();
    CertificateCaller certificate = call.getAttributes().get(ClientCertificates.CALLER);
    Caller ofCertificate = certificate == null ? null : certificate.in(now);
    Iterable<String> shown = headers.getAll(AUTHORIZATION);
    if (shown == null) {
      return ofCertificate == null && allowAnonymous ? Caller.ANONYMOUS : ofCertificate;
    }
    Caller ofToken = ofToken(shown.iterator(), now);
    return ofCertificate == null || ofCertificate.equals(ofToken) ? ofToken : null;
  }

  /** Uses the token only if there is exactly one header of that name. */
  private static @Nullable Caller ofToken(Iterator<String> shown, CallerDirectory now) {
    String header = shown.next();
    return !shown.hasNext() && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? now.ofToken(header.substring(SCHEME.length()).strip())
        : null;
  }

  private static <Q, R> ServerCall.Listener<Q> refuse(ServerCall<Q, R> call) {
    log.debug(
        "rejected a call of {} from {}: no valid credentials of a caller",
        call.getMethodDescriptor().getFullMethodName(),
        call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
    Statuses.close(call, SendErrors.unauthenticated());
    FrameGuard.sawRefusal(call);
    return new ServerCall.Listener<>() {};
  }
}
