package dev.wxnotify.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Byte by byte what WeChat's pages show and developers have seen. */
class PushEnvelopeTest {

  private static final URI URL = URI.create("http://127.0.0.1:1/wechat/shop");
  private static final String APP = "wxba5fad812f8e6fb9";
  private static final String KEY = "A".repeat(43);
  private static final byte[] RANDOM = "a8eedb185eb2fecf".getBytes(UTF_8);
  private static final String TEMPLATE = "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc";
  private static final String OTHER = "9nLIlbOQZC5Y89AZteFEux3WCXRRRG5Wfzkpssu4bLI";
  private static final String DEMO =
      """
      {"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY",\
      "CreateTime":1714112445,"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}""";

  /** V1. */
  private static final String ENCRYPTED =
      "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzD"
          + "pVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pe"
          + "de2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBre"
          + "bufAlr7F9mFUPAJGj04=";

  private static final String SIGNED =
      "signature=6c5c811b55cc85e0e1b54100749188c20beb3f5d&timestamp=1714112445&nonce=415670741";
  private static final String SIGNED_TWICE =
      SIGNED
          + "&openid=o9AgO5Kd5ggOC-bXrbNODIiE3bGY&encrypt_type=aes"
          + "&msg_signature=046e02f8204d34f8ba5fa3b1db94908f3df2e9b3";

  @Test
  void safeMode_json_isTheOfficialSample() {
    PushRequest request = demo(PushMode.SAFE, PushFormat.JSON);

    assertThat(request.url().toString()).isEqualTo(URL + "?" + SIGNED_TWICE);
    assertThat(request.text()).isEqualTo(DEMO);
    assertThat(request.body().text())
        .isEqualTo("{\"ToUserName\":\"gh_97417a04a28d\",\"Encrypt\":\"" + ENCRYPTED + "\"}");
    assertThat(request.contentType()).isEqualTo("application/json");
  }

  @Test
  void safeMode_xml_hasOnlyTheEncryptedText() {
    PushRequest request = demo(PushMode.SAFE, PushFormat.XML);

    assertThat(request.body().text())
        .matches(
            "<xml><ToUserName><!\\[CDATA\\[gh_97417a04a28d]]></ToUserName>"
                + "<Encrypt><!\\[CDATA\\[[A-Za-z0-9+/]+=*]]></Encrypt></xml>");
    assertThat(request.contentType()).isEqualTo("text/xml");
  }

  @Test
  void plainMode_json_isTheText() {
    PushRequest request = demo(PushMode.PLAIN, PushFormat.JSON);

    assertThat(request.url().toString()).isEqualTo(URL + "?" + SIGNED);
    assertThat(request.body().text()).isEqualTo(DEMO);
  }

  @Test
  void compatibleMode_json_hasBoth() {
    PushRequest request = demo(PushMode.COMPATIBLE, PushFormat.JSON);

    assertThat(request.url().toString()).isEqualTo(URL + "?" + SIGNED_TWICE);
    assertThat(request.body().text())
        .isEqualTo(DEMO.replaceFirst("}$", ",\"Encrypt\":\"" + ENCRYPTED + "\"}"));
  }

  @Test
  void compatibleMode_xml_hasBothInOneElement() {
    assertThat(demo(PushMode.COMPATIBLE, PushFormat.XML).body().text())
        .startsWith("<xml><ToUserName><![CDATA[gh_97417a04a28d]]></ToUserName><FromUserName>")
        .contains("<debug_str><![CDATA[hello world]]></debug_str><Encrypt><![CDATA[")
        .endsWith("]]></Encrypt></xml>");
  }

  @Test
  void popup_xml_isTheOfficialSample() {
    assertThat(text(PushStyle.OBSERVED, PushFormat.XML, popup("2", 1610969440L), Set.of()))
        .isEqualTo(
            "<xml><ToUserName><![CDATA[gh_123456789abc]]></ToUserName><FromUserName>"
                + "<![CDATA[otFpruAK8D-E6EfStSYonYSBZ8_4]]></FromUserName>"
                + "<CreateTime>1610969440</CreateTime><MsgType><![CDATA[event]]></MsgType>"
                + "<Event><![CDATA[subscribe_msg_popup_event]]></Event><SubscribeMsgPopupEvent>"
                + "<List><TemplateId><![CDATA["
                + TEMPLATE
                + "]]></TemplateId><SubscribeStatusString><![CDATA[accept]]>"
                + "</SubscribeStatusString><PopupScene>2</PopupScene></List>"
                + "<List><TemplateId><![CDATA["
                + OTHER
                + "]]></TemplateId><SubscribeStatusString><![CDATA[reject]]>"
                + "</SubscribeStatusString><PopupScene>2</PopupScene></List>"
                + "</SubscribeMsgPopupEvent></xml>");
  }

  @Test
  void sent_xml_isTheOfficialSample() {
    assertThat(text(PushStyle.OBSERVED, PushFormat.XML, sent(1610969468L), Set.of()))
        .isEqualTo(
            "<xml><ToUserName><![CDATA[gh_123456789abc]]></ToUserName><FromUserName>"
                + "<![CDATA[otFpruAK8D-E6EfStSYonYSBZ8_4]]></FromUserName>"
                + "<CreateTime>1610969468</CreateTime><MsgType><![CDATA[event]]></MsgType>"
                + "<Event><![CDATA[subscribe_msg_sent_event]]></Event><SubscribeMsgSentEvent>"
                + "<List><TemplateId><![CDATA["
                + TEMPLATE
                + "]]></TemplateId><MsgID>1700827132819554304</MsgID><ErrorCode>0</ErrorCode>"
                + "<ErrorStatus><![CDATA[success]]></ErrorStatus></List>"
                + "</SubscribeMsgSentEvent></xml>");
  }

  /** A body that a developer has quoted: compact, the fields of List in alphabetical order. */
  @Test
  void popup_json_isAsObserved() {
    PushContent content =
        PushContent.popup(
            "oqtot48RouJZoAaVJQLPcrR0-qoQ",
            Instant.ofEpochSecond(1622440908),
            Map.of(TEMPLATE, "accept"),
            "0");

    assertThat(text(PushStyle.OBSERVED, PushFormat.JSON, content, Set.of()))
        .isEqualTo(
            "{\"ToUserName\":\"gh_123456789abc\",\"FromUserName\":\"oqtot48RouJZoAaVJQLPcrR0-qoQ\","
                + "\"CreateTime\":1622440908,\"MsgType\":\"event\","
                + "\"Event\":\"subscribe_msg_popup_event\",\"List\":{\"PopupScene\":\"0\","
                + "\"SubscribeStatusString\":\"accept\",\"TemplateId\":\""
                + TEMPLATE
                + "\"}}");
  }

  @Test
  void change_json_isAnObjectForOneAndAnArrayForTwo() {
    Instant now = Instant.ofEpochSecond(1622440908);
    PushContent one = PushContent.change("o1", now, Map.of(TEMPLATE, "reject"));
    Map<String, String> both = new LinkedHashMap<>(Map.of(TEMPLATE, "reject"));
    both.put(OTHER, "reject");
    String element = "{\"SubscribeStatusString\":\"reject\",\"TemplateId\":\"%s\"}";

    assertThat(text(PushStyle.OBSERVED, PushFormat.JSON, one, Set.of()))
        .endsWith(",\"List\":" + element.formatted(TEMPLATE) + "}");
    assertThat(
            text(
                PushStyle.OBSERVED, PushFormat.JSON, PushContent.change("o1", now, both), Set.of()))
        .endsWith(
            ",\"List\":[" + element.formatted(TEMPLATE) + "," + element.formatted(OTHER) + "]}");
  }

  /** The samples of WeChat's page. */
  @Test
  void documentedStyle_json_isAsOnThePage() {
    Instant now = Instant.ofEpochSecond(1620973045);
    PushContent popup = PushContent.popup("o7", now, Map.of(TEMPLATE, "accept"), "0");

    assertThat(text(PushStyle.DOCUMENTED, PushFormat.JSON, popup, Set.of()))
        .isEqualTo(
            "{\"ToUserName\":\"gh_123456789abc\",\"FromUserName\":\"o7\","
                + "\"CreateTime\":\"1620973045\",\"MsgType\":\"event\","
                + "\"Event\":\"subscribe_msg_popup_event\",\"List\":[{\"TemplateId\":\""
                + TEMPLATE
                + "\",\"SubscribeStatusString\":\"accept\",\"PopupScene\":\"0\"}]}");
    assertThat(text(PushStyle.DOCUMENTED, PushFormat.JSON, sent(1620963428L), Set.of()))
        .endsWith(
            ",\"List\":{\"TemplateId\":\""
                + TEMPLATE
                + "\",\"MsgID\":\"1700827132819554304\",\"ErrorCode\":\"0\","
                + "\"ErrorStatus\":\"success\"}}");
  }

  @Test
  void scalars_asNumbersAndAsText_changeTheirKind() {
    assertThat(
            text(
                PushStyle.OBSERVED, PushFormat.JSON, sent(1), Set.of(PushFaultKind.SCALARS_NUMBER)))
        .contains("\"MsgID\":1700827132819554304,", "\"ErrorCode\":0,", "\"CreateTime\":1,");
    assertThat(
            text(PushStyle.OBSERVED, PushFormat.JSON, sent(1), Set.of(PushFaultKind.SCALARS_TEXT)))
        .contains("\"MsgID\":\"1700827132819554304\"", "\"CreateTime\":\"1\"");
    assertThat(
            text(PushStyle.OBSERVED, PushFormat.XML, sent(1), Set.of(PushFaultKind.SCALARS_TEXT)))
        .contains("<CreateTime><![CDATA[1]]></CreateTime>", "<MsgID><![CDATA[");
    assertThat(text(PushStyle.OBSERVED, PushFormat.JSON, sent(1), Set.of(PushFaultKind.LIST_ARRAY)))
        .contains("\"List\":[{\"ErrorCode\":\"0\"");
  }

  @Test
  void text_withTheEndOfCdata_staysOneElement() {
    Map<String, String> fields = new LinkedHashMap<>(Map.of("Content", "a]]>b"));

    assertThat(
            text(
                PushStyle.OBSERVED,
                PushFormat.XML,
                PushContent.other("o", Instant.EPOCH, fields),
                Set.of()))
        .contains("<Content><![CDATA[a]]]]><![CDATA[>b]]></Content>");
  }

  @ParameterizedTest
  @EnumSource(PushFormat.class)
  void everyMode_doctype_standsBeforeTheRoot(PushFormat format) {
    String text = text(PushStyle.OBSERVED, format, sent(1), Set.of(PushFaultKind.DOCTYPE));

    assertThat(text.startsWith("<!DOCTYPE xml [<!ENTITY")).isEqualTo(format == PushFormat.XML);
  }

  private static PushContent popup(String scene, long at) {
    Map<String, String> answers = new LinkedHashMap<>();
    answers.put(TEMPLATE, "accept");
    answers.put(OTHER, "reject");
    return PushContent.popup(
        "otFpruAK8D-E6EfStSYonYSBZ8_4", Instant.ofEpochSecond(at), answers, scene);
  }

  private static PushContent sent(long at) {
    return PushContent.sent(
        new AcceptedMessage(
            1700827132819554304L,
            APP,
            "otFpruAK8D-E6EfStSYonYSBZ8_4",
            TEMPLATE,
            new RawBody(new byte[0]),
            Instant.EPOCH),
        Instant.ofEpochSecond(at),
        PushFailure.NONE);
  }

  private static String text(
      PushStyle style, PushFormat format, PushContent content, Set<PushFaultKind> faults) {
    return new PushText(style, faults).write(format, "gh_123456789abc", content, null);
  }

  private static PushRequest demo(PushMode mode, PushFormat format) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("MsgType", "event");
    fields.put("Event", "debug_demo");
    fields.put("debug_str", "hello world");
    PushContent content =
        PushContent.other(
            "o9AgO5Kd5ggOC-bXrbNODIiE3bGY", Instant.ofEpochSecond(1714112445), fields);
    return new PushEnvelope(PushStyle.OBSERVED)
        .seal(
            new PushTarget(URL, "AAAAA", KEY, mode, format),
            APP,
            "gh_97417a04a28d",
            content,
            Set.of(),
            RANDOM,
            "415670741");
  }
}
