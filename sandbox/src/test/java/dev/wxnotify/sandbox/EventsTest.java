package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.SandboxClient.APP;
import static dev.wxnotify.sandbox.SandboxClient.SECRET;
import static dev.wxnotify.sandbox.SandboxClient.message;
import static dev.wxnotify.sandbox.SandboxTemplates.SECKILL_TEMPLATE_ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.sandbox.EventReader.Event;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventsTest {

  private Sandbox sandbox;
  private SandboxClient client;
  private String token;

  @BeforeEach
  void start() throws Exception {
    sandbox = Sandbox.start(SandboxOptions.builder().kept(10).build());
    client = new SandboxClient(sandbox);
    token = client.stableToken();
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  @Test
  void stream_saysHello_thenEachMessage() throws Exception {
    client.send(token, message("before"));

    try (EventReader events = EventReader.open(sandbox)) {
      Event hello = events.next();
      client.send(token, message("alice"));
      client.send(token, message("sandbox-43101"));
      Event accepted = events.next();
      Event refused = events.next();

      assertThat(events.status()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(events.head())
          .contains("Content-Type: text/event-stream; charset=utf-8", "Cache-Control: no-store");
      assertThat(hello.name()).isEqualTo("hello");
      assertThat(hello.data().path("last_event_id").asText()).isEqualTo(hello.id());
      assertThat(accepted.name()).isEqualTo("message");
      assertThat(accepted.data().path("open_id").asText()).isEqualTo("alice");
      assertThat(accepted.data().path("errcode").asInt()).isZero();
      assertThat(accepted.data().path("msgid").isTextual()).isTrue();
      assertThat(accepted.data().path("body").asText()).isEqualTo(message("alice"));
      assertThat(accepted.id()).endsWith("-" + accepted.data().path("number").asLong());
      assertThat(refused.data().path("errcode").asInt()).isEqualTo(43101);
      assertThat(refused.data().path("open_id").asText()).isEqualTo("sandbox-43101");
      assertThat(refused.data().has("msgid")).isFalse();
    }
  }

  @Test
  void stream_showsUsersFaultsTokensAndResets_withoutSecrets() throws Exception {
    try (EventReader events = EventReader.open(sandbox)) {
      events.next("hello");
      sandbox.user("alice").allows(2, SECKILL_TEMPLATE_ID);
      Event user = events.next();
      sandbox.subscribe(Subscription.oneTime(APP, "bob", SECKILL_TEMPLATE_ID, 3));
      Event set = events.next();
      sandbox.addFault(Fault.parse("send:errcode=-1:2"));
      Event fault = events.next();
      sandbox.clearFaults();
      Event cleared = events.next();
      sandbox.addPushFault(PushFault.of(PushFaultKind.LOST));
      Event pushFault = events.next();
      String classic = client.classicToken();
      Event issued = events.next();
      sandbox.revokeToken(APP, TokenKind.STABLE, RevokeMode.DEAD);
      Event dead = events.next();
      sandbox.reset();
      Event reset = events.next("reset");

      assertThat(user.name()).isEqualTo("user");
      assertThat(user.data().toString())
          .contains("\"open_id\":\"alice\"", "\"answer\":\"accept\"", "popup", "\"count\":2");
      assertThat(set.data().toString()).contains("bob", "one_time", "\"source\":\"set\"");
      assertThat(fault.data().toString()).contains("added", "send", "errcode=-1");
      assertThat(cleared.data().path("change").asText()).isEqualTo("cleared");
      assertThat(pushFault.data().toString()).contains("\"of\":\"pushes\"", "lost");
      assertThat(issued.name()).isEqualTo("token");
      assertThat(issued.data().toString()).contains("classic", "issued");
      assertThat(dead.data().toString()).contains("stable", "dead");
      assertThat(reset.data().path("reason").asText()).isEqualTo("reset");
      assertThat(List.of(user, set, fault, issued, dead, reset).toString())
          .doesNotContain(token, classic, SECRET);
    }
  }

  /** At each place the rest follows: none is missing, and none comes twice. */
  @Test
  void resume_atEachBoundary_hasTheRestExactly() throws Exception {
    List<Event> all = new ArrayList<>();
    try (EventReader events = EventReader.open(sandbox)) {
      all.add(events.next());
      for (int i = 0; i < 6; i++) {
        client.send(token, message("user-" + i));
        all.add(events.next());
      }
    }

    for (int seen = 0; seen < all.size(); seen++) {
      try (EventReader again = EventReader.after(sandbox, all.get(seen).id())) {
        for (Event expected : all.subList(seen + 1, all.size())) {
          assertThat(again.next()).isEqualTo(expected);
        }
        client.send(token, message("fresh-" + seen));
        Event fresh = again.next();
        assertThat(fresh.data().path("open_id").asText()).isEqualTo("fresh-" + seen);
        all.add(fresh);
        if (all.size() > 10) {
          return;
        }
      }
    }
  }

  @Test
  void resume_byParameter_andTheHeaderCountsMore() throws Exception {
    String first;
    String second;
    try (EventReader events = EventReader.open(sandbox)) {
      first = events.next().id();
      client.send(token, message("a"));
      second = events.next().id();
      client.send(token, message("b"));
    }

    String target = "/sandbox/events?last_event_id=" + first;
    try (EventReader byParameter = EventReader.open(sandbox.port(), target, "");
        EventReader byHeader =
            EventReader.open(sandbox.port(), target, "Last-Event-ID: " + second + "\r\n")) {
      assertThat(byParameter.next().data().path("open_id").asText()).isEqualTo("a");
      assertThat(byHeader.next().data().path("open_id").asText()).isEqualTo("b");
    }
  }

  @Test
  void resume_whereEventsAreForgotten_saysResetAndGoesOn() throws Exception {
    String old;
    try (EventReader events = EventReader.open(sandbox)) {
      old = events.next().id();
    }
    long place = Long.parseLong(old.substring(old.indexOf('-') + 1));
    // Just within what is kept, then one beyond.
    while (lastNumber() < place + 1_000) {
      sandbox.clearFaults();
    }
    try (EventReader within = EventReader.after(sandbox, old)) {
      assertThat(within.next().name()).isEqualTo("fault");
    }

    sandbox.clearFaults();

    try (EventReader beyond = EventReader.after(sandbox, old)) {
      Event reset = beyond.next();
      assertThat(reset.name()).isEqualTo("reset");
      assertThat(reset.data().path("reason").asText()).isEqualTo("too_old");
      client.send(token, message("a"));
      assertThat(beyond.next().name()).isEqualTo("message");
    }
  }

  @Test
  void resume_idOfAnotherProcessOrNone_saysReset() throws Exception {
    try (Sandbox other = Sandbox.start()) {
      String foreign;
      try (EventReader events = EventReader.open(other)) {
        foreign = events.next().id();
      }
      String own;
      try (EventReader events = EventReader.open(sandbox)) {
        own = events.next().id();
      }
      String future = own.substring(0, own.indexOf('-')) + "-999999";

      for (String id : List.of(foreign, future, "7", "x-y", own + "x")) {
        try (EventReader events = EventReader.after(sandbox, id)) {
          Event reset = events.next();
          assertThat(reset.name()).isEqualTo("reset");
          assertThat(reset.data().path("reason").asText()).isEqualTo("unknown_id");
          assertThat(reset.id()).isEqualTo(own);
        }
      }
    }
  }

  @Test
  void silence_hasHeartbeats() throws Exception {
    try (Sandbox quick =
            Sandbox.start(
                SandboxOptions.defaults(),
                Clock.systemUTC(),
                new PushThread(),
                Duration.ofMillis(20));
        EventReader events = EventReader.open(quick)) {
      events.next("hello");

      events.awaitComment();

      quick.clearFaults();
      assertThat(events.next().name()).isEqualTo("fault");
    }
  }

  @Test
  void streams_moreThanTheBound_get503_untilOneEnds() throws Exception {
    List<EventReader> open = new ArrayList<>();
    try {
      for (int i = 0; i < EventStreams.MOST; i++) {
        open.add(EventReader.open(sandbox));
      }
      try (EventReader refused =
          EventReader.open(sandbox.port(), "/sandbox/events", "Connection: close\r\n")) {
        assertThat(refused.status()).isEqualTo("HTTP/1.1 503 Service Unavailable");
        assertThat(refused.head()).contains("Retry-After: 5");
        assertThat(refused.rest()).contains("64 streams of events");
      }

      open.remove(0).close();

      Eventually.until(
          "a stream more",
          () -> {
            try (EventReader again = EventReader.open(sandbox)) {
              return again.status().contains("200");
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
      // All others still get events.
      sandbox.clearFaults();
      for (EventReader each : open) {
        each.next("fault");
      }
    } finally {
      for (EventReader each : open) {
        each.close();
      }
    }
  }

  /** Its connection is closed; nobody else notices. */
  @Test
  void reader_thatDoesNotRead_isClosed() throws Exception {
    try (Sandbox quick =
            Sandbox.start(
                SandboxOptions.defaults(),
                Clock.systemUTC(),
                new PushThread(),
                Duration.ofSeconds(2)); // On a busy machine the other one stalls for a moment too.
        EventReader stuck = EventReader.open(quick);
        EventReader reading = EventReader.open(quick)) {
      reading.next("hello");
      SandboxClient sender = new SandboxClient(quick);
      String valid = sender.stableToken();
      String large = message("large").replace("机械键盘", "x".repeat(500_000));
      int open = quick.state().connectionsOpen();
      // More than the sockets of both sides hold.
      for (int i = 0; i < 40; i++) {
        sender.send(valid, large);
        assertThat(reading.next("message").data().path("errcode").asInt()).isEqualTo(47003);
      }

      Eventually.until("the close", () -> quick.state().connectionsOpen() < open);

      assertThat(stuck.status()).contains("200");
      sender.send(valid, message("a"));
      assertThat(reading.next("message").data().path("open_id").asText()).isEqualTo("a");
    }
  }

  @Test
  void close_ofTheSandbox_endsStreams() throws Exception {
    try (EventReader events = EventReader.open(sandbox)) {
      events.next("hello");

      sandbox.close();

      assertThat(events.rest()).isEmpty();
    }
  }

  @Test
  void method_otherThanGet_isRefused() throws Exception {
    assertThat(client.postRaw("/sandbox/events", "").statusCode()).isEqualTo(405);
  }

  /** The number of the newest event, which the sandbox tells whoever asks. */
  private long lastNumber() throws IOException {
    try (EventReader events = EventReader.open(sandbox)) {
      String id = events.next("hello").id();
      return Long.parseLong(id.substring(id.indexOf('-') + 1));
    }
  }
}
