package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.SandboxClient.APP;
import static dev.wxnotify.sandbox.SandboxClient.message;
import static dev.wxnotify.sandbox.SandboxTemplates.SECKILL_TEMPLATE_ID;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What somebody can change on the pages of the inbox, without JavaScript. */
@Timeout(60)
class InboxFormsTest extends PushCase {

  @SuppressWarnings("NullAway.Init") // Set by open().
  private FormBrowser browser;

  private void open(PushRules rules) throws Exception {
    start(rules);
    browser = new FormBrowser(sandbox, FormBrowser.ENGLISH);
  }

  @Test
  void users_allowAndReject_changeTheLedgerAndArePushed() throws Exception {
    open(rules());
    sendCode("alice");
    pushes(1);

    Document allowed = browser.submit(answerOf("alice"), Map.of(), "allow");
    assertThat(allowed.select(".flash").text())
        .isEqualTo("The user has allowed it. Pushes sent: 1.");
    assertThat(credits(allowed, "alice")).isEqualTo("1 left");
    assertThat(textOf(pushes(2).get(1))).contains("subscribe_msg_popup_event", "accept");
    assertThat(sendCode("alice")).isZero();
    assertThat(sendCode("alice")).isEqualTo(43101);

    Document rejected = browser.submit(answerOf("alice"), Map.of(), "reject");
    assertThat(credits(rejected, "alice")).isEqualTo("Rejected");
    assertThat(pushes(4)) // The receipt of the send may come after it.
        .extracting(PushCase::textOf)
        .anySatisfy(text -> assertThat(text).contains("subscribe_msg_popup_event", "reject"));
    assertThat(sendCode("alice")).isEqualTo(43101);
  }

  @Test
  void users_another_canAllowSeveralTimesOrInTheSettings() throws Exception {
    open(rules());
    Document page = browser.open("/inbox/users");
    assertThat(page.select(".empty").text()).contains("No user yet");

    Document allowed =
        browser.submit(
            FormBrowser.last(page, "section form[action=/inbox/users/answer]"),
            Map.of("open_id", "carol", "template_id", SECKILL_TEMPLATE_ID, "count", "3"),
            "allow");
    assertThat(credits(allowed, "carol")).isEqualTo("3 left");
    pushes(3);

    Document rejected =
        browser.submit(
            FormBrowser.last(allowed, "section form[action=/inbox/users/answer]"),
            Map.of("open_id", "carol", "template_id", SECKILL_TEMPLATE_ID, "source", "settings"),
            "reject");
    assertThat(credits(rejected, "carol")).isEqualTo("Rejected");
    assertThat(textOf(pushes(4).get(3))).contains("subscribe_msg_change_event");
    assertThat(browser.open("/inbox/users?q=nobody").select(".empty").text())
        .contains("No user matches");
  }

  @Test
  void users_wrongFields_areNamedTogetherAndKept() throws Exception {
    open(rules());

    Document page =
        browser.submit(
            FormBrowser.last(
                browser.open("/inbox/users"), "section form[action=/inbox/users/answer]"),
            Map.of("open_id", "al ice<b>", "count", "many"),
            "allow");

    assertThat(browser.status()).isEqualTo(422);
    Element openId = FormBrowser.last(page, "section input[name=open_id]");
    assertThat(openId.val()).isEqualTo("al ice<b>");
    assertThat(page.expectFirst("#" + openId.attr("aria-describedby")).text())
        .isEqualTo("1 to 128 letters, digits, - and _");
    Element count = FormBrowser.last(page, "section input[name=count]");
    assertThat(count.val()).isEqualTo("many");
    assertThat(page.expectFirst("#" + count.attr("aria-describedby")).text())
        .isEqualTo("a whole number from 1 to 100");
  }

  @Test
  void receipts_deliveredAndFailedByHand_areInTheTimeline() throws Exception {
    open(rules().manualReceipts());
    sendCode("alice");
    String link = browser.open("/").select("li.message h2 a").attr("href");
    assertThat(browser.open(link).text()).contains("No receipt was pushed for this message.");

    Document wrong = browser.submit(receiptOf(link), Map.of("error_code", "many"), "failed");
    assertThat(browser.status()).isEqualTo(422);
    assertThat(wrong.select("input[name=error_code]").val()).isEqualTo("many");
    assertThat(wrong.select("#error_code-error").text()).isEqualTo("a number of at most 18 digits");

    browser.submit(receiptOf(link), Map.of("error_status", "failed: no <b>way"), "failed");
    assertThat(textOf(pushes(1).get(0))).contains("-10001", "failed: no <b>way");
    assertEnded(1, SandboxPush.State.DELIVERED);
    Document failed = browser.open(link);
    assertThat(failed.select("#result .badge").eachText())
        .containsExactly("Accepted", "Not delivered");
    assertThat(failed.select(".timeline li").eachText())
        .anyMatch(line -> line.contains("Push 1, receipt: not delivered, -10001 failed: no <b>way"))
        .anyMatch(line -> line.contains("Push 1, attempt 1: HTTP 200"));

    browser.submit(receiptOf(link), Map.of(), "delivered");
    assertThat(textOf(pushes(2).get(1))).contains("\"ErrorCode\":\"0\"");
    assertEnded(2, SandboxPush.State.DELIVERED);
    Document delivered = browser.open(link);
    assertThat(delivered.select("#result .badge").eachText())
        .containsExactly("Accepted", "Delivered");
    assertThat(delivered.select(".timeline").text()).contains("Push 2, receipt: delivered");
    assertThat(new FormBrowser(sandbox, FormBrowser.CHINESE).open(link).select(".timeline").text())
        .contains("推送 1，回执：未送达，-10001");
  }

  @Test
  void receipt_thatIsLostOrGivenUp_saysSoInTheTimeline() throws Exception {
    receiver.answer(post -> new PushReceiver.Reply(503, "later"));
    open(
        rules()
            .with(
                new PushRepeats(
                    Duration.ofSeconds(5), 0, Duration.ofSeconds(5), true, true, false)));
    sendCode("sandbox-push-lost");
    assertEnded(1, SandboxPush.State.LOST);
    sendCode("bob");
    assertEnded(1, SandboxPush.State.GIVEN_UP);

    assertThat(timelineOf("sandbox-push-lost")).contains("Push 1 is lost: nothing was sent");
    assertThat(timelineOf("bob"))
        .contains("Push 2, attempt 1: HTTP 503")
        .contains("Push 2 is given up");
  }

  private String timelineOf(String openId) throws Exception {
    Document found = browser.open("/?user=" + openId);
    Document page = browser.open(found.expectFirst("li.message h2 a").attr("href"));
    return page.select(".timeline").text();
  }

  @Test
  void receipts_withoutAPushUrl_areNotOffered() throws Exception {
    open(PushRules.NONE);
    sendCode("alice");

    Document page = browser.open(browser.open("/").select("li.message h2 a").attr("href"));

    assertThat(page.select("form[action$=/receipt]")).isEmpty();
    assertThat(page.text()).contains("This app has no push URL");
  }

  @Test
  void pushes_haveModeBodyAndAttempts_andGoOutAgain() throws Exception {
    open(rules());
    sendCode("alice");
    pushes(1);
    assertEnded(1, SandboxPush.State.DELIVERED);

    Document list = browser.open("/inbox/pushes?kind=sent&user=ali&state=delivered");
    assertThat(list.select("tbody tr")).hasSize(1);
    assertThat(list.select(".target-head .badge").eachText()).contains("Safe", "JSON");
    Document push = browser.open(list.select("tbody th a").attr("href"));
    assertThat(push.select("dl.pairs").text()).contains("Safe", "alice", "Message");
    assertThat(push.select("pre").eachText())
        .anyMatch(text -> text.contains("subscribe_msg_sent_event"))
        .anyMatch(text -> text.contains("\"Encrypt\""));
    assertThat(push.select("tbody td[data-label='HTTP status']").text()).isEqualTo("200");

    Document again = browser.submit(push.expectFirst("form[action$=/resend]"), Map.of(), "");
    assertThat(again.select("h1").text()).isEqualTo("Push 2");
    assertThat(pushes(2).get(1).body()).isEqualTo(pushes(2).get(0).body());
    Document anew = browser.submit(push.expectFirst("form[action$=/resend]"), Map.of(), "yes");
    assertThat(anew.select("dt:contains(Repeats) + dd").text()).isEqualTo("Push 1");
    assertThat(pushes(3).get(2).body()).isNotEqualTo(pushes(3).get(0).body());
    assertThat(browser.open("/inbox/pushes?user=nobody").select(".empty").text())
        .contains("No push matches");
    browser.look("/inbox/pushes/4711");
    assertThat(browser.status()).isEqualTo(404);
  }

  @Test
  void pushes_urlIsSetAndStopped_andOthersArePushed() throws Exception {
    open(PushRules.NONE);
    Document page = browser.open("/inbox/pushes");
    assertThat(page.select(".empty").text()).contains("No push yet");

    Document wrong =
        browser.submit(
            FormBrowser.form(page, "/inbox/push-urls"),
            Map.of("url", "ftp://x", "token", PushReceiver.TOKEN),
            "set");
    assertThat(browser.status()).isEqualTo(422);
    assertThat(wrong.select("input[name=url]").val()).isEqualTo("ftp://x");
    assertThat(wrong.select(".error").text()).contains("http:// or https://");
    assertThat(wrong.html()).as("no secret comes back").doesNotContain(PushReceiver.TOKEN);

    browser.submit(
        FormBrowser.form(page, "/inbox/push-urls"),
        Map.of(
            "url",
            receiver.url().toString(),
            "token",
            PushReceiver.TOKEN,
            "aes_key",
            PushReceiver.KEY,
            "mode",
            "safe",
            "format",
            "json"),
        "set");
    verifiedAs("verified");
    Document set = browser.open("/inbox/pushes");
    assertThat(set.select(".target-head").text())
        .contains(receiver.url().toString(), "Safe", "Verified");
    assertThat(set.html()).doesNotContain(PushReceiver.TOKEN).doesNotContain(PushReceiver.KEY);

    browser.submit(
        set.expectFirst("form[action=/inbox/pushes][method=post]"),
        Map.of("what", "debug_demo", "text", "hi there"),
        "");
    assertThat(textOf(pushes(1).get(0))).contains("debug_demo", "hi there");

    Document stopped = browser.submit(FormBrowser.form(set, "/inbox/push-urls"), Map.of(), "stop");
    assertThat(stopped.select(".target-head").text()).contains("No push URL");
    Document refused =
        browser.submit(
            stopped.expectFirst("form[action=/inbox/pushes][method=post]"),
            Map.of("open_id", "a b"),
            "");
    assertThat(refused.select("input[name=open_id]").val()).isEqualTo("a b");
  }

  @Test
  void faults_areSwitchedOnAndOff() throws Exception {
    open(PushRules.NONE);
    Document page = browser.open("/inbox/faults");
    assertThat(page.select("#faults .empty").text()).contains("No fault is on");

    Document on =
        browser.submit(
            FormBrowser.form(page, "/inbox/faults"),
            Map.of("endpoint", "send", "what", "errcode", "argument", "45009", "count", "2"),
            "");
    assertThat(on.select("#faults li").text()).startsWith("send errcode=45009 2 times");
    assertThat(sendCode("alice")).isEqualTo(45009);

    Document off = browser.submit(FormBrowser.form(on, "/inbox/faults/off"), Map.of(), "");
    assertThat(off.select("#faults .empty").text()).contains("No fault is on");
    assertThat(sendCode("alice")).isZero();

    browser.submit(
        FormBrowser.form(page, "/inbox/faults"),
        Map.of("endpoint", "any", "what", "empty-body", "probability", "12.5", "every", "3"),
        "");
    assertThat(sandbox.faults())
        .containsExactly(new Fault(null, Effect.of(EffectKind.EMPTY_BODY), 0, 3, 0.125, 0));
    browser.submit(
        FormBrowser.form(browser.open("/inbox/faults"), "/inbox/faults/clear"), Map.of(), "");
    assertThat(sandbox.faults()).isEmpty();
  }

  @Test
  void faults_wrongFields_areNamedTogetherAndKept() throws Exception {
    open(PushRules.NONE);

    Document page =
        browser.submit(
            FormBrowser.form(browser.open("/inbox/faults"), "/inbox/faults"),
            Map.of("argument", "soon", "count", "-1", "every", "0", "probability", "101"),
            "");

    assertThat(browser.status()).isEqualTo(422);
    Element form = FormBrowser.form(page, "/inbox/faults");
    assertThat(form.select("[aria-invalid=true]").eachAttr("name"))
        .containsExactly("argument", "count", "every", "probability");
    assertThat(form.select("[aria-invalid=true]").eachAttr("value"))
        .containsExactly("soon", "-1", "0", "101");
    assertThat(form.select(".error")).hasSize(4);
    assertThat(sandbox.faults()).isEmpty();
  }

  @Test
  void faultsOfPushes_areSwitchedOnAndOff() throws Exception {
    open(rules());
    Document on =
        browser.submit(
            FormBrowser.form(browser.open("/inbox/faults"), "/inbox/push-faults"),
            Map.of("event", "sent", "what", "duplicate", "count", "1"),
            "");
    assertThat(on.select("#push-faults li").text()).startsWith("sent duplicate 1 times");
    sendCode("alice");
    pushes(2);

    browser.submit(
        FormBrowser.form(browser.open("/inbox/faults"), "/inbox/push-faults"),
        Map.of("what", "late", "argument", "5"),
        "");
    Document two = browser.open("/inbox/faults");
    assertThat(two.select("#push-faults li").text()).contains("any late=5 always");
    browser.submit(FormBrowser.form(two, "/inbox/push-faults/off"), Map.of(), "");
    assertThat(browser.open("/inbox/faults").select("#push-faults li")).isEmpty();
    Document wrong =
        browser.submit(
            FormBrowser.form(two, "/inbox/push-faults"),
            Map.of("what", "late", "argument", "never", "count", "x"),
            "");
    assertThat(FormBrowser.form(wrong, "/inbox/push-faults").select("[aria-invalid=true]"))
        .hasSize(2);
  }

  @Test
  void tokens_areRevoked_andNeverShown() throws Exception {
    open(PushRules.NONE);
    Document page = browser.open("/inbox/tokens");
    assertThat(page.html()).doesNotContain(token);
    assertThat(page.select("tbody td[data-label=State]").eachText())
        .containsExactly("None issued", "Valid");

    Document revoked =
        browser.submit(
            FormBrowser.form(page, "/inbox/tokens/revoke"),
            Map.of("kind", "stable", "mode", "dead"),
            "");

    assertThat(revoked.select(".flash").text()).isEqualTo("Tokens revoked: 1.");
    assertThat(revoked.select("tbody td[data-label=State]").eachText())
        .containsExactly("None issued", "Revoked");
    assertThat(sendCode("alice")).isEqualTo(40001);
    Document wrong =
        browser.post("/inbox/tokens/revoke", Map.of("app_id", "wxnobody", "mode", "gently"));
    assertThat(browser.status()).isEqualTo(422);
    assertThat(wrong.select(".form-error").text()).contains("app_id", "mode");
  }

  @Test
  void state_isCounted_andResetOnlyWhenConfirmed() throws Exception {
    open(PushRules.NONE);
    sendCode("alice");
    sendCode("sandbox-45009");
    Document page = browser.open("/inbox/state");
    assertThat(page.select("dt:contains(Received) + dd").text()).isEqualTo("2");
    assertThat(page.select("dt:contains(45009) + dd").text()).isEqualTo("1");

    Document asked = browser.submit(FormBrowser.form(page, "/inbox/reset"), Map.of(), "");
    assertThat(browser.status()).isEqualTo(422);
    assertThat(asked.select("#confirm-error").text()).isEqualTo("Tick this first.");
    assertThat(sandbox.messages()).hasSize(1);

    Document reset =
        browser.submit(FormBrowser.form(page, "/inbox/reset"), Map.of("confirm", "yes"), "");
    assertThat(reset.select(".flash").text()).startsWith("The sandbox is as it was");
    assertThat(sandbox.messages()).isEmpty();
    assertThat(sandbox.state().sendsReceived()).isZero();
  }

  private Element answerOf(String openId) throws Exception {
    return browser
        .open("/inbox/users")
        .expectFirst("#" + "user-" + openId)
        .expectFirst("form:has(input[value=" + SECKILL_TEMPLATE_ID + "])");
  }

  private Element receiptOf(String link) throws Exception {
    return browser.open(link).expectFirst("form[action$=/receipt]");
  }

  private static String credits(Document page, String openId) {
    return page.expectFirst("#" + "user-" + openId)
        .select(".credit:has(input[value=" + SECKILL_TEMPLATE_ID + "]) .badge")
        .text();
  }

  @Test
  void users_ofAnotherApp_areNotThere() throws Exception {
    open(PushRules.NONE);
    client.send(token, message("alice"));

    assertThat(browser.open("/inbox/users").select(".user h2").eachText()).containsExactly("alice");
    assertThat(browser.open("/inbox/users").select("input[name=app_id]").eachAttr("value"))
        .containsOnly(APP);
  }
}
