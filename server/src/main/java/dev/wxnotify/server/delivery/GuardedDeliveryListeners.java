package dev.wxnotify.server.delivery;

import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.OutcomeLedger.Claim;
import dev.wxnotify.server.message.MessageKind;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells all listeners, and keeps their faults away from the messages and from each other. */
final class GuardedDeliveryListeners implements DeliveryListener {
  private static final Logger log = LoggerFactory.getLogger(GuardedDeliveryListeners.class);

  private final DeliveryListener[] listeners;

  /** Each message may meet the same fault: the log has the first one only. */
  private final AtomicBoolean complained = new AtomicBoolean();

  GuardedDeliveryListeners(List<DeliveryListener> listeners) {
    this.listeners = listeners.toArray(DeliveryListener[]::new);
  }

  @Override
  public void messageEnded(Order order, Reply end, Reply told, int attempts) {
    for (DeliveryListener listener : listeners) {
      try {
        listener.messageEnded(order, end, told, attempts);
      } catch (Throwable fault) {
        complain(fault);
      }
    }
  }

  @Override
  public void messageInvalid(MessageKind kind, Lane lane) {
    for (DeliveryListener listener : listeners) {
      try {
        listener.messageInvalid(kind, lane);
      } catch (Throwable fault) {
        complain(fault);
      }
    }
  }

  @Override
  public void attemptEnded(Order order, Answer answer, long nanos) {
    for (DeliveryListener listener : listeners) {
      try {
        listener.attemptEnded(order, answer, nanos);
      } catch (Throwable fault) {
        complain(fault);
      }
    }
  }

  @Override
  public void claimed(Order order, Claim claim) {
    for (DeliveryListener listener : listeners) {
      try {
        listener.claimed(order, claim);
      } catch (Throwable fault) {
        complain(fault);
      }
    }
  }

  private void complain(Throwable fault) {
    if (!complained.getAndSet(true)) {
      log.error("a delivery listener failed; its counts are incorrect from now on", fault);
    }
  }
}
