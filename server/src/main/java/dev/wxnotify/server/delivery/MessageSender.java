package dev.wxnotify.server.delivery;

import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages: each when its recipient and a connection are free, with the app's token, within
 * the deadline, and with retries where WeChat has certainly not taken it. This class holds what all
 * messages share; {@link Sending} is the work for one message.
 */
public final class MessageSender {
  private final MessageGateway gateway;
  private final Permits connections;
  private final RetryPolicy retryPolicy;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final ScheduledExecutorService timer;
  private final DeliveryListener listener;
  private final RecipientQueues recipients = new RecipientQueues();
  private final FaultLog faults = new FaultLog(System::nanoTime);

  /**
   * Creates a sender.
   *
   * @param connections one permit for each concurrent request to WeChat
   * @param clock the time of day, for the reset of quotas
   * @param nanoClock the time by which deadlines are measured, as {@link System#nanoTime}
   * @param timer runs delayed tasks
   * @param listeners receive what happens to messages
   */
  public MessageSender(
      MessageGateway gateway,
      Permits connections,
      RetryPolicy retryPolicy,
      InstantSource clock,
      LongSupplier nanoClock,
      ScheduledExecutorService timer,
      List<DeliveryListener> listeners) {
    this.gateway = gateway;
    this.connections = connections;
    this.retryPolicy = retryPolicy;
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.timer = timer;
    this.listener = new GuardedDeliveryListeners(listeners);
  }

  /** Prepares to send; the order's timeout runs from now, and {@link Sending#start} begins. */
  Sending prepare(Order order, int weight, int callsBefore) {
    return new Sending(this, order, weight, callsBefore);
  }

  MessageGateway gateway() {
    return gateway;
  }

  Permits connections() {
    return connections;
  }

  RetryPolicy retryPolicy() {
    return retryPolicy;
  }

  RecipientQueues recipients() {
    return recipients;
  }

  LongSupplier nanoClock() {
    return nanoClock;
  }

  ScheduledExecutorService timer() {
    return timer;
  }

  FaultLog faults() {
    return faults;
  }

  /** Returns the listener that receives what happens to messages; it never throws. */
  DeliveryListener listener() {
    return listener;
  }

  @Nullable Duration retryAfter(Rejected.Reason reason) {
    return QuotaReset.after(reason, clock.instant());
  }
}
