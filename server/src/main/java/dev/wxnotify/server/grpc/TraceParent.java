package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.Trace;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the id of the caller's trace from {@code traceparent} (W3C Trace Context), so that the log
 * can name it where this server creates no spans of its own.
 */
final class TraceParent implements ServerInterceptor {
  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

  /** Version, trace id, parent id, flags; versions after 00 may append. */
  private static final Pattern FORM =
      Pattern.compile(
          "(?!ff|00.{53}.)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?");

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    String header = headers.get(HEADER);
    if (header == null || GrpcServer.TRACE.get() != Trace.NONE) {
      return next.startCall(call, headers);
    }
    Trace trace = read(header);
    return Contexts.interceptCall(
        Context.current().withValue(GrpcServer.TRACE, trace), call, headers, next);
  }

  /** Reads a header; a malformed one names no trace. */
  static Trace read(String header) {
    Matcher matcher = FORM.matcher(header);
    if (!matcher.matches()) {
      return Trace.NONE;
    }
    String id = matcher.group(1);
    return () -> id;
  }
}
