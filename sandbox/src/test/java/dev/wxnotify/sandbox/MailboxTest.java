package dev.wxnotify.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MailboxTest {

  /** Else a wait that is over because of a message could answer without it. */
  @Test
  void event_ofASend_comesWhenTheSendIsThere() {
    InboxLog log = new InboxLog(10, Clock.systemUTC());
    Mailbox mailbox = new Mailbox(10, Clock.systemUTC(), log);
    RawBody body = new RawBody("{}".getBytes(StandardCharsets.UTF_8));
    Call call = new Call("POST", "/send", Map.of(), "", body, "127.0.0.1", false);
    List<Integer> found = new ArrayList<>();
    log.listener(() -> found.add(mailbox.received().size() + 10 * mailbox.acceptedSends().size()));

    mailbox.received(
        "wxapp",
        call,
        Answer.accepting(mailbox.accept("wxapp", "alice", "template", body), Json.object()));
    mailbox.received("wxapp", call, Answer.of(Json.object().put("errcode", 43101)));

    assertThat(found).containsExactly(11, 12);
  }
}
