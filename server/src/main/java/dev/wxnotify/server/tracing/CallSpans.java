package dev.wxnotify.server.tracing;

import dev.wxnotify.server.delivery.Trace;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.Objects;

/**
 * Creates a span for each call of our services, below the caller's span if the caller sent one;
 * health checks and reflection have none. A stream is one call. The text of a status is not
 * recorded: it may repeat what the caller sent.
 */
final class CallSpans implements ServerInterceptor {
  private static final String OURS = "wxnotify.";
  private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("rpc.system");
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("rpc.service");
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("rpc.method");
  private static final AttributeKey<Long> STATUS = AttributeKey.longKey("rpc.grpc.status_code");

  private final Tracer tracer;
  private final TextMapPropagator propagator;
  private final io.grpc.Context.Key<Trace> key;

  CallSpans(Tracer tracer, TextMapPropagator propagator, io.grpc.Context.Key<Trace> key) {
    this.tracer = tracer;
    this.propagator = propagator;
    this.key = key;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    MethodDescriptor<Q, R> method = call.getMethodDescriptor();
    String service = Objects.requireNonNullElse(method.getServiceName(), "");
    if (!service.startsWith(OURS)) {
      return next.startCall(call, headers);
    }
    Context caller = propagator.extract(Context.root(), headers, MetadataGetter.INSTANCE);
    Span span =
        tracer
            .spanBuilder(method.getFullMethodName())
            .setParent(caller)
            .setSpanKind(SpanKind.SERVER)
            .setAttribute(SYSTEM, "grpc")
            .setAttribute(SERVICE, service)
            .setAttribute(METHOD, Objects.requireNonNullElse(method.getBareMethodName(), ""))
            .startSpan();
    io.grpc.Context context =
        io.grpc.Context.current().withValue(key, new CallTrace(span, caller.with(span)));
    if (!span.isRecording()) {
      return Contexts.interceptCall(context, call, headers, next);
    }
    return new EndOnCancel<>(
        Contexts.interceptCall(context, new EndOnClose<>(call, span), headers, next), span);
  }

  /** Ends the span; a second end has no effect. */
  private static void end(Span span, Status status) {
    span.setAttribute(STATUS, (long) status.getCode().value());
    if (isFaultOfServer(status)) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }

  /** By the semantic conventions for servers: the other codes are answers and not faults. */
  private static boolean isFaultOfServer(Status status) {
    return switch (status.getCode()) {
      case UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS -> true;
      default -> false;
    };
  }

  private static final class EndOnClose<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final Span span;

    EndOnClose(ServerCall<Q, R> call, Span span) {
      super(call);
      this.span = span;
    }

    @Override
    public void close(Status status, Metadata trailers) {
      end(span, status);
      super.close(status, trailers);
    }
  }

  private static final class EndOnCancel<Q> extends SimpleForwardingServerCallListener<Q> {
    private final Span span;

    EndOnCancel(ServerCall.Listener<Q> listener, Span span) {
      super(listener);
      this.span = span;
    }

    @Override
    public void onCancel() {
      end(span, Status.CANCELLED);
      super.onCancel();
    }
  }
}
