package dev.wxnotify.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerSentEventTest {

  @Test
  void event_hasAllFields() {
    assertThat(text(new ServerSentEvent("7", "message", "hello")))
        .isEqualTo("id: 7\nevent: message\ndata: hello\n\n");
  }

  @Test
  void event_withoutIdAndName_hasDataOnly() {
    assertThat(text(new ServerSentEvent("", "", ""))).isEqualTo("data: \n\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\rb", "a\r\nb"})
  void data_withABreak_isTwoLines(String data) {
    assertThat(text(new ServerSentEvent("", "", data))).isEqualTo("data: a\ndata: b\n\n");
  }

  @Test
  void data_withBreaksAtTheEnds_keepsThem() {
    assertThat(text(new ServerSentEvent("", "", "\n\ra\n\n")))
        .isEqualTo("data: \ndata: \ndata: a\ndata: \ndata: \n\n");
  }

  @Test
  void data_cannotMakeAnotherField() {
    assertThat(text(new ServerSentEvent("", "", "x\n\nid: 9\revent: other\r\n:c")))
        .isEqualTo("data: x\ndata: \ndata: id: 9\ndata: event: other\ndata: :c\n\n");
  }

  /** They end a line in JavaScript, but not in a stream of events. */
  @ParameterizedTest
  @ValueSource(strings = {"\u2028", "\u2029", "\u0085", "\u000B", "\f", "\0"})
  void data_withOtherBreaks_isOneLine(String other) {
    assertThat(text(new ServerSentEvent("", "", "a" + other + "b")))
        .isEqualTo("data: a" + other + "b\n\n");
  }

  @Test
  void data_keepsSpacesAtItsBegin() {
    assertThat(text(new ServerSentEvent("", "", "  a"))).isEqualTo("data:   a\n\n");
  }

  @ParameterizedTest
  @CsvSource({"'a\nb', ''", "'a\rb', ''", "'a\0', ''", "'', 'a\nb'", "'', 'a\rb'", "'', 'a\0'"})
  void event_withABreakInIdOrName_isNone(String id, String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> new ServerSentEvent(id, name, ""));
  }

  private static String text(ServerSentEvent event) {
    return new String(event.encoded(), StandardCharsets.UTF_8);
  }
}
