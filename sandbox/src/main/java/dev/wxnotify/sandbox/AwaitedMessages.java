package dev.wxnotify.sandbox;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for messages on the thread of a test, and says what came instead. */
final class AwaitedMessages {

  /** How many messages a failure lists. */
  private static final int LISTED = 10;

  private static final Duration GRACE = Duration.ofSeconds(5);

  private final FakeWeChat weChat;
  private final InboxWaits waits;

  AwaitedMessages(FakeWeChat weChat, InboxWaits waits) {
    this.weChat = weChat;
    this.waits = waits;
  }

  /** At least {@code count} messages to a user, oldest first. */
  List<AcceptedMessage> to(String openId, int count, Duration most) {
    InboxFilter filter = new InboxFilter("", "", openId, "", null, "", null, true, 0);
    InboxWaits.Wait wait = waits.start(filter, count, most);
    if (wait == null) {
      throw new IllegalStateException(
          InboxWaits.MOST + " threads or calls wait for messages already");
    }
    try {
      // Longer than the wait itself, which never ends in a sandbox that has been closed.
      boolean enough = wait.done().get(most.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
      List<AcceptedMessage> messages =
          weChat.mailbox().accepted().stream()
              .filter(message -> message.openId().equals(openId))
              .toList();
      if (!enough || messages.size() < count) {
        throw new AssertionError(failure(openId, count, most, messages.size()));
      }
      return messages;
    } catch (InterruptedException e) {
      wait.end();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a message", e);
    } catch (ExecutionException | TimeoutException e) {
      wait.end();
      throw new IllegalStateException("the wait failed; perhaps the sandbox was closed", e);
    }
  }

  private String failure(String openId, int count, Duration most, int came) {
    StringBuilder text = new StringBuilder();
    text.append(came == 0 ? "no message" : "only " + came + " of " + count + " messages");
    text.append(" to ").append(openId).append(" within ").append(seconds(most));
    List<ReceivedSend> sends = weChat.mailbox().received();
    if (sends.isEmpty()) {
      return text.append("; nothing was sent at all").toString();
    }
    List<ReceivedSend> newest = ControlViews.newest(sends, LISTED);
    text.append("; of ").append(sends.size()).append(" sends, the last:");
    newest.forEach(send -> text.append("\n  ").append(line(weChat.inbox().view(send))));
    return text.toString();
  }

  private static String line(InboxMessage message) {
    return "to %s, template %s: %d %s"
        .formatted(
            message.openId(),
            message.title().isEmpty() ? message.templateId() : message.title(),
            message.errcode(),
            message.errmsg());
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() % 1_000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
