package dev.wxnotify.server.tracing;

import dev.wxnotify.server.delivery.DeliveryListener;
import dev.wxnotify.server.delivery.Lane;
import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.Order;
import dev.wxnotify.server.delivery.Reply;
import dev.wxnotify.server.delivery.WeChatError;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.time.Instant;
import java.util.Locale;

/**
 * Creates a span for each attempt to have WeChat take a message, when the attempt has ended, and
 * records the outcome of a single message as attributes of its call's span.
 *
 * <p>No attribute contains an open id, a request id, a text from WeChat or an address: these may be
 * confidential.
 */
final class MessageSpans implements DeliveryListener {
  private static final String ATTEMPT = "WeChat message/subscribe/send";
  private static final AttributeKey<String> APP = AttributeKey.stringKey("wxnotify.app_id");
  private static final AttributeKey<String> KIND = AttributeKey.stringKey("wxnotify.kind");
  private static final AttributeKey<String> CALLER = AttributeKey.stringKey("wxnotify.caller");
  private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("wxnotify.outcome");
  private static final AttributeKey<String> REASON = AttributeKey.stringKey("wxnotify.reason");
  private static final AttributeKey<Boolean> REPLAYED =
      AttributeKey.booleanKey("wxnotify.replayed");
  private static final AttributeKey<Long> ERRCODE = AttributeKey.longKey("wxnotify.wechat.errcode");
  private static final AttributeKey<String> RID = AttributeKey.stringKey("wxnotify.wechat.rid");
  private static final AttributeKey<Long> HTTP_STATUS =
      AttributeKey.longKey("http.response.status_code");

  private final Tracer tracer;

  MessageSpans(Tracer tracer) {
    this.tracer = tracer;
  }

  @Override
  public void messageEnded(Order order, Reply end, Reply told, int attempts) {
    if (order.lane() != Lane.SINGLE
        || !(order.trace() instanceof CallTrace call)
        || !call.isSampled()) {
      return;
    }
    Span span = call.span();
    span.setAttribute(APP, order.app().appId());
    span.setAttribute(KIND, order.kind().name().toLowerCase(Locale.ROOT));
    span.setAttribute(OUTCOME, end.outcome().outcomeName());
    if (!order.caller().isEmpty()) {
      span.setAttribute(CALLER, order.caller());
    }
    if (!end.outcome().reasonName().isEmpty()) {
      span.setAttribute(REASON, end.outcome().reasonName());
    }
    if (end.replayed()) {
      span.setAttribute(REPLAYED, true);
    }
  }

  @Override
  public void attemptEnded(Order order, Answer answer, long nanos) {
    if (!(order.trace() instanceof CallTrace call) || !call.isSampled()) {
      return;
    }
    Instant end = Instant.now();
    Span span =
        tracer
            .spanBuilder(ATTEMPT)
            .setParent(call.context())
            .setSpanKind(SpanKind.CLIENT)
            .setStartTimestamp(end.minusNanos(nanos))
            .setAttribute(APP, order.app().appId())
            .startSpan();
    describe(span, answer);
    span.end(end);
  }

  private static void describe(Span span, Answer answer) {
    if (answer instanceof Answer.Accepted) {
      span.setAttribute(OUTCOME, "accepted");
    } else if (answer instanceof Answer.Rejected no) {
      describe(span, "rejected", no.error());
      span.setAttribute(REASON, no.reason().name());
    } else if (answer instanceof Answer.TokenRejected no) {
      describe(span, "token_rejected", no.error());
    } else if (answer instanceof Answer.Busy no) {
      describe(span, "busy", no.error());
    } else if (answer instanceof Answer.CredentialsRejected no) {
      describe(span, "credentials_rejected", no.error());
      span.setStatus(StatusCode.ERROR);
    } else if (answer instanceof Answer.NotWritten none) {
      span.setAttribute(OUTCOME, "not_written");
      span.setStatus(StatusCode.ERROR, none.explanation());
    } else if (answer instanceof Answer.NoAnswer none) {
      span.setAttribute(OUTCOME, "no_answer");
      span.setStatus(StatusCode.ERROR, none.explanation());
      if (none.status() != 0) {
        span.setAttribute(HTTP_STATUS, (long) none.status());
      }
    }
  }

  private static void describe(Span span, String outcome, WeChatError error) {
    span.setAttribute(OUTCOME, outcome);
    span.setAttribute(ERRCODE, (long) error.errcode());
    if (!error.rid().isEmpty()) {
      span.setAttribute(RID, error.rid());
    }
  }
}
