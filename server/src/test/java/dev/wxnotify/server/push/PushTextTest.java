package dev.wxnotify.server.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts as WeChat pushes them, and texts that it never would. */
final class PushTextTest {
  private static final List<String> SAMPLES =
      List.of(
          "{\"FromUserName\":\"o1\",\"CreateTime\":1,\"Event\":\"subscribe_msg_sent_event\","
              + "\"List\":[{\"MsgID\":\"1\",\"ErrorCode\":0},{\"MsgID\":2,\"ErrorCode\":\"0\"}]}",
          "<xml><FromUserName><![CDATA[o1]]></FromUserName><CreateTime>1</CreateTime><Event>"
              + "<![CDATA[subscribe_msg_popup_event]]></Event><SubscribeMsgPopupEvent><List>"
              + "<TemplateId>t</TemplateId><SubscribeStatusString>accept</SubscribeStatusString>"
              + "</List></SubscribeMsgPopupEvent></xml>");

  private static final List<String> PIECES =
      List.of(
          "",
          "{",
          "}",
          "[",
          "]",
          "\"",
          ",",
          ":",
          "\\u0000",
          "\\ud800",
          "-",
          "1e999",
          "null",
          "<",
          ">",
          "</",
          "<a",
          "<a b='1'>",
          "&",
          "&#0;",
          "&lt;",
          "]]>",
          "<![CDATA[",
          "<!--",
          "<?x ?>",
          "\u0000");

  private static PushNode read(String text) throws Refusal {
    return PushText.read(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void json_scalarsOfEveryKind_areTheirTexts() throws Exception {
    PushNode node =
        read(
            "{\"a\":9223372036854775807,\"b\":\"x\",\"c\":true,\"d\":null,\"e\":1.50,"
                + "\"f\":18446744073709551615}");

    assertThat(node.text("a")).isEqualTo("9223372036854775807");
    assertThat(node.text("b")).isEqualTo("x");
    assertThat(node.text("c")).isEqualTo("true");
    assertThat(node.text("d")).isEmpty();
    assertThat(node.text("e")).isEqualTo("1.50");
    assertThat(node.text("f")).isEqualTo("18446744073709551615");
    assertThat(node.text("none")).isEmpty();
  }

  @Test
  void json_objectAndArray_areTheSame() throws Exception {
    assertThat(read("{\"List\":{\"a\":1}}").all("List"))
        .isEqualTo(read("{\"List\":[{\"a\":1}]}").all("List"))
        .hasSize(1);
    assertThat(read("{\"List\":[{\"a\":1},{\"a\":2},]}").all("List")).hasSize(2);
    assertThat(read("{\"List\":[]}").all("List")).isEmpty();
  }

  @Test
  void xml_cdataEntitiesAndRepeatedElements_areRead() throws Exception {
    PushNode node =
        read(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xml>\n <a><![CDATA[<b>&amp;]]></a>"
                + "<b>1 &lt; 2 &#x4E2D;</b><List><c>1</c></List><List><c>2</c></List></xml>\n");

    assertThat(node.text("a")).isEqualTo("<b>&amp;");
    assertThat(node.text("b")).isEqualTo("1 < 2 中");
    assertThat(node.all("List")).extracting(each -> each.text("c")).containsExactly("1", "2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\uFEFF{\"a\":\"1\"}",
        " \r\n\t{\"a\":1}\n",
        "\uFEFF<xml><a>1</a></xml>",
        "\n <xml><a> 1 </a></xml> \n",
        "<x:xml><a>1</a></x:xml>",
      })
  void blanksAndByteOrderMark_areNoPartOfIt(String text) throws Exception {
    assertThat(read(text).text("a")).isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "success",
        "[{\"a\":1}]",
        "\"text\"",
        "{\"a\":1",
        "{\"a\":}",
        "{\"a\":1} {}",
        "{\"a\":[1,2}",
        "{a:1}",
        "<xml><a></xml>",
        "<xml></xml><xml></xml>",
        "<xml><a>1</a>",
        "<xml>&unknown;</xml>",
        "<>",
        "<",
        "<?xml version=\"1.0\"?>",
      })
  void textThatIsNeither_isRefusedWithoutRepeatingIt(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.field()).isEqualTo("body"))
        .hasMessageMatching("body: is (neither|not) [A-Za-z0-9 -]+");
  }

  @Test
  void bytesThatAreNoUtf8_areRefused() {
    assertThatThrownBy(() -> PushText.read(ByteBuffer.wrap(new byte[] {'{', (byte) 0xff, '}'})))
        .hasMessage("body: is not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE xml><xml><a>1</a></xml>",
        "<!DOCTYPE xml [<!ENTITY a \"1\">]><xml><a>&a;</a></xml>",
        "<!DOCTYPE xml SYSTEM \"file:///etc/passwd\"><xml><a>1</a></xml>",
        "<!DOCTYPE xml [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><xml><a>&a;</a></xml>",
        "<!DOCTYPE xml [<!ENTITY % a SYSTEM \"file:///etc/passwd\"> %a;]><xml><a>1</a></xml>",
        "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
            + "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]><xml><a>&c;</a></xml>",
      })
  void documentType_isRefused(String text) {
    assertThatThrownBy(() -> read(text)).hasMessage("body: is not well-formed XML");
  }

  @Test
  void documentTypeOfAnotherServer_isNotFetched() throws Exception {
    try (ServerSocket elsewhere = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String url = "http://127.0.0.1:" + elsewhere.getLocalPort() + "/x.dtd";

      assertThatThrownBy(
              () ->
                  read(
                      "<!DOCTYPE xml SYSTEM \""
                          + url
                          + "\" [<!ENTITY % p SYSTEM \""
                          + url
                          + "\"> %p; <!ENTITY a SYSTEM \""
                          + url
                          + "\">]><xml>&a;</xml>"))
          .isInstanceOf(Refusal.class);
      elsewhere.setSoTimeout(100);
      assertThatThrownBy(elsewhere::accept).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void nestingOfThousands_isReadOrRefused_andBreaksNothing() throws Exception {
    String deepXml = "<a>".repeat(9_000) + "</a>".repeat(9_000);
    try {
      assertThat(read("<xml><b>1</b>" + deepXml + "</xml>").text("b")).isEqualTo("1");
    } catch (Refusal e) {
      assertThat(e).hasMessageContaining("is not well-formed XML"); // The parser of newer JDKs.
    }
    assertThat(read("{\"b\":1,\"a\":" + "[".repeat(900) + "]".repeat(900) + "}").text("b"))
        .isEqualTo("1");
    assertThat(
            read("{\"b\":1,\"a\":" + "{\"a\":".repeat(900) + "1" + "}".repeat(900) + "}").text("b"))
        .isEqualTo("1");
    assertThatThrownBy(() -> read("{\"a\":" + "[".repeat(60_000))).isInstanceOf(Refusal.class);
  }

  /** A fault would be answered with 500 and logged with its trace, for any stranger. */
  @Test
  void mutilatedTexts_areReadOrRefused() {
    Random random = new Random(1);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] text = mutilated(SAMPLES.get(i % SAMPLES.size()), random);
      try {
        EventReader.read("wx", PushText.read(ByteBuffer.wrap(text)), 1, Instant.EPOCH);
      } catch (Refusal e) {
        refused++;
      }
    }

    assertThat(refused).isBetween(5_000, 19_000);
  }

  private static byte[] mutilated(String sample, Random random) {
    StringBuilder text = new StringBuilder(sample);
    for (int i = random.nextInt(3); i >= 0; i--) {
      int begin = random.nextInt(text.length());
      int end = Math.min(text.length(), begin + random.nextInt(12));
      String piece = PIECES.get(random.nextInt(PIECES.size()));
      text.replace(begin, random.nextBoolean() ? begin : end, piece + text.substring(begin, end));
      text.deleteCharAt(random.nextInt(text.length()));
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
