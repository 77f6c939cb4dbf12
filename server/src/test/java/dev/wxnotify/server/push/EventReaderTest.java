package dev.wxnotify.server.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.journal.Event;
import dev.wxnotify.server.journal.Event.Answer;
import dev.wxnotify.server.journal.Event.DeliveryReport;
import dev.wxnotify.server.journal.Event.Source;
import dev.wxnotify.server.journal.Event.SubscriptionChange;
import dev.wxnotify.server.journal.NewEvent;
import dev.wxnotify.server.journal.PushListener.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The three events as WeChat's page shows them, and as they were seen on the wire. */
final class EventReaderTest {
  private static final String APP = "wx-shop";
  private static final Instant RECEIVED = Instant.parse("2026-03-01T08:00:00.5Z");
  private static final long SIGNED = 1_620_000_000L;

  private static final String POPUP_XML =
      """
      <xml>
      <ToUserName><![CDATA[gh_123456789abc]]></ToUserName>
      <FromUserName><![CDATA[otFpruAK8D-E6EfStSYonYSBZ8_4]]></FromUserName>
      <CreateTime>1610969440</CreateTime>
      <MsgType><![CDATA[event]]></MsgType>
      <Event><![CDATA[subscribe_msg_popup_event]]></Event>
      <SubscribeMsgPopupEvent>
      <List><TemplateId><![CDATA[VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc]]></TemplateId>
      <SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString>
      <PopupScene>2</PopupScene></List>
      <List><TemplateId><![CDATA[9nLIlbOQZC5Y89AZteFEux3WCXRRRG5Wfzkpssu4bLI]]></TemplateId>
      <SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString>
      <PopupScene>2</PopupScene></List>
      </SubscribeMsgPopupEvent>
      </xml>
      """;

  private static final String SENT_XML =
      "<xml><FromUserName><![CDATA[oUser]]></FromUserName><CreateTime>1610969468</CreateTime>"
          + "<MsgType><![CDATA[event]]></MsgType>"
          + "<Event><![CDATA[subscribe_msg_sent_event]]></Event><SubscribeMsgSentEvent><List>"
          + "<TemplateId><![CDATA[VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc]]></TemplateId>"
          + "<MsgID>1700827132819554304</MsgID><ErrorCode>0</ErrorCode>"
          + "<ErrorStatus><![CDATA[success]]></ErrorStatus></List></SubscribeMsgSentEvent></xml>";

  private static EventReader.Found read(String text) throws Refusal {
    return EventReader.read(
        APP,
        PushText.read(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))),
        SIGNED,
        RECEIVED);
  }

  private static List<Event> events(String text) throws Refusal {
    EventReader.Found found = read(text);
    assertThat(found.unreadable()).isZero();
    return found.events().stream().map(NewEvent::event).toList();
  }

  private static List<String> keys(String text) throws Refusal {
    return read(text).events().stream().map(NewEvent::key).toList();
  }

  private static Event event(String openId, String templateId, long at, Event.Detail detail) {
    return new Event(APP, openId, templateId, Instant.ofEpochSecond(at), RECEIVED, detail);
  }

  private static String json(String event, String list) {
    return "{\"ToUserName\":\"gh_123456789abc\",\"FromUserName\":\"oUser\",\"CreateTime\":1622440908,"
        + "\"MsgType\":\"event\",\"Event\":\""
        + event
        + "\",\"List\":"
        + list
        + "}";
  }

  private static String sent(String item) {
    return json("subscribe_msg_sent_event", item);
  }

  private static String popup(String item) {
    return json("subscribe_msg_popup_event", item);
  }

  @Test
  void popup_inXml_isOneEventForEachTemplate() throws Exception {
    assertThat(read(POPUP_XML).kind()).isEqualTo(Kind.POPUP);
    assertThat(events(POPUP_XML))
        .containsExactly(
            event(
                "otFpruAK8D-E6EfStSYonYSBZ8_4",
                "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc",
                1610969440,
                new SubscriptionChange(Answer.ACCEPTED, "accept", Source.POPUP, "2")),
            event(
                "otFpruAK8D-E6EfStSYonYSBZ8_4",
                "9nLIlbOQZC5Y89AZteFEux3WCXRRRG5Wfzkpssu4bLI",
                1610969440,
                new SubscriptionChange(Answer.REJECTED, "reject", Source.POPUP, "2")));
  }

  /** The trailing comma is the page's. */
  @Test
  void popup_inJsonOfThePage_isRead() throws Exception {
    assertThat(
            events(
                """
                {"ToUserName":"gh_123456789abc","FromUserName":"o7esq5OI1Uej6Xixw1lA2H7XDVbc",
                "CreateTime":"1620973045","MsgType":"event","Event":"subscribe_msg_popup_event",
                "List":[{"TemplateId":"hD-ixGOhYmUfjOnI8MCzQMPshzGVeux_2vzyvQu7O68",
                "SubscribeStatusString":"accept","PopupScene":"0"}],}
                """))
        .containsExactly(
            event(
                "o7esq5OI1Uej6Xixw1lA2H7XDVbc",
                "hD-ixGOhYmUfjOnI8MCzQMPshzGVeux_2vzyvQu7O68",
                1620973045,
                new SubscriptionChange(Answer.ACCEPTED, "accept", Source.POPUP, "0")));
  }

  /** Seen on the wire: compact, the time a number, one object, its keys sorted. */
  @Test
  void popup_inJsonOfTheWire_isRead() throws Exception {
    assertThat(
            events(
                popup(
                    "{\"PopupScene\":\"0\",\"SubscribeStatusString\":\"accept\","
                        + "\"TemplateId\":\"t-1\"}")))
        .containsExactly(
            event(
                "oUser",
                "t-1",
                1622440908,
                new SubscriptionChange(Answer.ACCEPTED, "accept", Source.POPUP, "0")));
  }

  @Test
  void change_inBothFormats_isTheSameEvent() throws Exception {
    String json =
        json(
            "subscribe_msg_change_event",
            "[{\"TemplateId\":\"t-1\",\"SubscribeStatusString\":\"reject\"},"
                + "{\"TemplateId\":\"t-2\",\"SubscribeStatusString\":\"reject\"}]");
    String xml =
        "<xml><FromUserName>oUser</FromUserName><CreateTime>1622440908</CreateTime>"
            + "<Event>subscribe_msg_change_event</Event><SubscribeMsgChangeEvent>"
            + "<List><TemplateId>t-1</TemplateId><SubscribeStatusString><![CDATA[reject]]>"
            + "</SubscribeStatusString></List><List><TemplateId>t-2</TemplateId>"
            + "<SubscribeStatusString>reject</SubscribeStatusString></List>"
            + "</SubscribeMsgChangeEvent></xml>";

    assertThat(events(json))
        .containsExactly(
            event(
                "oUser",
                "t-1",
                1622440908,
                new SubscriptionChange(Answer.REJECTED, "reject", Source.SETTINGS, "")),
            event(
                "oUser",
                "t-2",
                1622440908,
                new SubscriptionChange(Answer.REJECTED, "reject", Source.SETTINGS, "")));
    assertThat(read(xml)).isEqualTo(read(json));
  }

  @Test
  void sent_inXml_isAReceipt() throws Exception {
    assertThat(events(SENT_XML))
        .containsExactly(
            event(
                "oUser",
                "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc",
                1610969468,
                new DeliveryReport(true, "1700827132819554304", "0", "success")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"TemplateId\":\"t\",\"MsgID\":\"18446744073709551615\",\"ErrorCode\":\"0\","
            + "\"ErrorStatus\":\"success\"}",
        "{\"TemplateId\":\"t\",\"MsgID\":18446744073709551615,\"ErrorCode\":0,"
            + "\"ErrorStatus\":\"success\"}",
        "[{\"TemplateId\":\"t\",\"MsgID\":18446744073709551615,\"ErrorCode\":\"0\","
            + "\"ErrorStatus\":\"success\"}]",
      })
  void sent_idOf64BitsInEveryForm_isKept(String list) throws Exception {
    assertThat(events(sent(list)))
        .containsExactly(
            event(
                "oUser",
                "t",
                1622440908,
                new DeliveryReport(true, "18446744073709551615", "0", "success")));
  }

  @Test
  void sent_severalItems_areAllReceipts() throws Exception {
    assertThat(
            events(
                sent(
                    "[{\"TemplateId\":\"t\",\"MsgID\":1,\"ErrorCode\":0},"
                        + "{\"TemplateId\":\"t\",\"MsgID\":2,\"ErrorCode\":-1,"
                        + "\"ErrorStatus\":\"failed: system failed\"}]")))
        .extracting(Event::detail)
        .containsExactly(
            new DeliveryReport(true, "1", "0", ""),
            new DeliveryReport(false, "2", "-1", "failed: system failed"));
  }

  @Test
  void sent_withoutTemplateOrCode_isStillAReceipt() throws Exception {
    assertThat(events(sent("{\"MsgID\":1,\"ErrorStatus\":\"success\"}")))
        .containsExactly(
            event("oUser", "", 1622440908, new DeliveryReport(true, "1", "0", "success")));
    assertThat(events(sent("{\"MsgID\":1,\"ErrorStatus\":\"failed\"}")))
        .extracting(Event::detail)
        .containsExactly(new DeliveryReport(false, "1", "", "failed"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ban", "filter", "acceptWithAudio", "something new"})
  void answer_inAnyWord_isKept(String word) throws Exception {
    assertThat(events(popup("{\"TemplateId\":\"t\",\"SubscribeStatusString\":\"" + word + "\"}")))
        .extracting(Event::detail)
        .containsExactly(new SubscriptionChange(Answer.of(word), word, Source.POPUP, ""));
  }

  @Test
  void time_missing_isThatOfTheSignature() throws Exception {
    assertThat(
            events(sent("{\"MsgID\":1,\"ErrorCode\":0}").replace("\"CreateTime\":1622440908,", "")))
        .extracting(Event::occurredAt)
        .containsExactly(Instant.ofEpochSecond(SIGNED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"Event\":\"debug_demo\"}",
        "{\"Event\":\"SUBSCRIBE_MSG_SENT_EVENT\"}",
        "{\"MsgType\":\"text\",\"Content\":\"subscribe_msg_sent_event\"}",
        "{\"action\":\"CheckContainerPath\"}",
        "<xml><action>CheckContainerPath</action></xml>",
        "<xml><Content><Event>subscribe_msg_sent_event</Event></Content></xml>",
        "{}",
      })
  void otherPushes_areNotOurs(String text) throws Exception {
    assertThat(read(text)).isEqualTo(new EventReader.Found(Kind.OTHER, List.of(), 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"TemplateId\":\"t\",\"ErrorCode\":0}",
        "{\"TemplateId\":\"t\",\"MsgID\":\"\",\"ErrorCode\":0}",
        "{\"TemplateId\":\"t\",\"MsgID\":1.8e18,\"ErrorCode\":0}",
        "{\"TemplateId\":\"t\",\"MsgID\":-1,\"ErrorCode\":0}",
        "{\"TemplateId\":\"t\",\"MsgID\":\"123456789012345678901\",\"ErrorCode\":0}",
        "{\"TemplateId\":\"a b\",\"MsgID\":1,\"ErrorCode\":0}",
        "{\"TemplateId\":\"t\",\"MsgID\":1}",
        "{}",
        "[]",
        "null",
        "\"text\"",
      })
  void receipt_thatCannotBeRead_isCountedAndLeftOut(String list) throws Exception {
    assertThat(read(sent(list))).isEqualTo(new EventReader.Found(Kind.SENT, List.of(), 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"SubscribeStatusString\":\"accept\"}",
        "{\"TemplateId\":\"t\"}",
        "{\"TemplateId\":\"t\",\"SubscribeStatusString\":\"\"}",
      })
  void answer_thatCannotBeRead_isCountedAndLeftOut(String list) throws Exception {
    assertThat(read(popup(list))).isEqualTo(new EventReader.Found(Kind.POPUP, List.of(), 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"x\"", "-1", "0", "1622440908.5", "1622440908000", "99999999999999999999"})
  void time_thatIsNone_makesTheEventUnreadable(String time) throws Exception {
    assertThat(
            read(sent("{\"MsgID\":1,\"ErrorCode\":0}").replace(":1622440908,", ":" + time + ","))
                .unreadable())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "with blank", "\\u0000", "\\ud800", "\u4e2d"})
  void user_thatIsNone_makesTheEventUnreadable(String user) throws Exception {
    assertThat(
            read(sent("{\"MsgID\":1,\"ErrorCode\":0}").replace("\"oUser\"", "\"" + user + "\""))
                .unreadable())
        .isEqualTo(1);
  }

  @Test
  void oneBadItem_doesNotTakeTheOthersAway() throws Exception {
    EventReader.Found found =
        read(sent("[{\"MsgID\":\"x\"},{\"TemplateId\":\"t\",\"MsgID\":2,\"ErrorCode\":0}]"));

    assertThat(found.events()).hasSize(1);
    assertThat(found.unreadable()).isEqualTo(1);
  }

  /** No database takes a NUL or half a character, and then WeChat would push for ever. */
  @Test
  void textsOfWeChat_areBoundedAndStorable() throws Exception {
    Event event =
        events(
                sent(
                    "{\"MsgID\":1,\"ErrorCode\":\"1\\u0000\\ud800\",\"ErrorStatus\":\"a\\nb"
                        + "\uD83D\uDE00".repeat(500)
                        + "\"}"))
            .get(0);

    DeliveryReport report = (DeliveryReport) event.detail();
    assertThat(report.errorCode()).isEqualTo("1");
    assertThat(report.errorStatus()).startsWith("a b\uD83D\uDE00").hasSizeLessThanOrEqualTo(512);
    assertThat(
            Character.isLowSurrogate(
                report.errorStatus().charAt(report.errorStatus().length() - 1)))
        .isTrue();
  }

  /** WeChat's own rule, user and time, would drop the second one. */
  @Test
  void twoReceiptsOfOneUserInOneSecond_haveTwoKeys() throws Exception {
    String one = "{\"TemplateId\":\"t\",\"MsgID\":1,\"ErrorCode\":0}";
    String other = "{\"TemplateId\":\"t\",\"MsgID\":2,\"ErrorCode\":0}";

    assertThat(keys(sent(one))).isNotEqualTo(keys(sent(other)));
    assertThat(keys(sent("[" + one + "," + other + "]"))).doesNotHaveDuplicates();
  }

  @Test
  void receiptThatIsPushedAgain_hasTheSameKey() throws Exception {
    String xml = SENT_XML;
    String later = xml.replace("1610969468", "1610969473");
    String json =
        sent(
            "{\"ErrorCode\":\"0\",\"MsgID\":\"1700827132819554304\",\"TemplateId\":"
                + "\"VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc\"}");

    assertThat(keys(xml)).isEqualTo(keys(later)).isEqualTo(keys(json)).hasSize(1);
  }

  @Test
  void answers_haveKeysByUserTimeKindAndContent() throws Exception {
    String accept = popup("{\"TemplateId\":\"t\",\"SubscribeStatusString\":\"accept\"}");

    assertThat(keys(accept)).isEqualTo(keys(accept));
    assertThat(
            List.of(
                keys(accept),
                keys(accept.replace("oUser", "oOther")),
                keys(accept.replace("1622440908", "1622440909")),
                keys(accept.replace("popup", "change")),
                keys(accept.replace("\"accept\"", "\"reject\"")),
                keys(accept.replace("\"t\"", "\"t2\""))))
        .doesNotHaveDuplicates();
    assertThat(keys(accept))
        .allSatisfy(
            key ->
                assertThat(key)
                    .startsWith("popup:wx-shop:")
                    .hasSizeLessThanOrEqualTo(256)
                    .doesNotContain("oUser"));
  }

  @Test
  void partsOfAKey_doNotRunIntoEachOther() {
    assertThat(EventKey.of("a", "b", "1", "23")).isNotEqualTo(EventKey.of("a", "b", "12", "3"));
  }
}
