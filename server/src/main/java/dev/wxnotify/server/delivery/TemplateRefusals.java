package dev.wxnotify.server.delivery;

import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;

/**
 * Has the templates of an app listed again when WeChat refuses a message because of its template
 * (40037, 47003). It decides nothing about messages.
 */
public final class TemplateRefusals implements DeliveryListener {

  @Override
  public void attemptEnded(Order order, Answer answer, long nanos) {
    if (answer instanceof Answer.Rejected no
        && (no.reason() == Rejected.Reason.INVALID_TEMPLATE
            || no.reason() == Rejected.Reason.INVALID_TEMPLATE_DATA)) {
      order.app().templates().refused();
    }
  }
}
