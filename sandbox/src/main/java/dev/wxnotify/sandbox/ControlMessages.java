package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The control calls about messages and sends, now or once there are enough of them. */
final class ControlMessages {

  private final FakeWeChat weChat;
  private final int kept;
  private final InboxWaits waits;
  private final InboxWorkers workers;

  /**
   * @param kept how many messages the sandbox keeps
   */
  ControlMessages(FakeWeChat weChat, int kept, InboxWaits waits, InboxWorkers workers) {
    this.weChat = weChat;
    this.kept = kept;
    this.waits = waits;
    this.workers = workers;
  }

  /** The newest accepted messages that match, oldest first. */
  Reply messages(Call call) throws ControlError {
    return reply(MessageQuery.of(call, true, kept), "messages");
  }

  /** The newest sends that were read and match, oldest first. */
  Reply received(Call call) throws ControlError {
    return reply(MessageQuery.of(call, null, kept), "received");
  }

  /** All about an accepted message. */
  ObjectNode message(Call call) throws ControlError {
    long msgid = ControlPaths.number(ControlPaths.named(call), "msgid");
    return detail(weChat.inbox().findByMsgid(msgid), "msgid", msgid);
  }

  /** All about a send. */
  ObjectNode send(Call call) throws ControlError {
    long number = ControlPaths.number(ControlPaths.named(call), "number");
    return detail(weChat.inbox().find(number), "number", number);
  }

  private static ObjectNode detail(@Nullable InboxDetail found, String name, long value)
      throws ControlError {
    if (found == null) {
      throw ControlError.unknown(name, name + ": " + value + " (unknown, or not kept any more)");
    }
    ObjectNode json = Json.object();
    InboxJson.put(json, found);
    return json;
  }

  private Reply reply(MessageQuery query, String name) throws ControlError {
    if (query.patience() == null) {
      return workers.reply(() -> Answer.control(200, list(query, name)));
    }
    InboxWaits.Wait wait = waits.start(query.filter(), query.count(), query.patience());
    if (wait == null) {
      throw ControlError.tooMany(
          "wait", "wait: " + InboxWaits.MOST + " calls wait already (expected: fewer)");
    }
    return new Reply.Later(
        wait.done()
            .thenApplyAsync(
                enough -> Answer.control(200, list(query, name).put("enough", enough)), workers),
        wait::end);
  }

  private ObjectNode list(MessageQuery query, String name) {
    boolean accepted = query.filter().accepted() != null;
    Map<Long, Push> receipts = weChat.pushes().log().newestByMsgid();
    List<ReceivedSend> matching = new ArrayList<>();
    Mailbox mailbox = weChat.mailbox();
    for (ReceivedSend send : accepted ? mailbox.acceptedSends() : mailbox.received()) {
      if (query.matches(send) && InboxMessages.matches(query.filter(), send, receipts)) {
        matching.add(send);
      }
    }
    ObjectNode json = Json.object().put("total", matching.size());
    ArrayNode list = json.putArray(name);
    for (ReceivedSend send : ControlViews.newest(matching, query.limit())) {
      ObjectNode one = list.addObject();
      if (accepted) {
        InboxJson.putMessage(one, send);
        one.put("receipt", InboxMessages.receiptOf(send, receipts).label());
      } else {
        InboxJson.putSend(one, send);
      }
    }
    return json;
  }
}
