package dev.wxnotify.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs classes as a caller writes them. */
class WxnotifyExtensionTest {
  private static final List<String> targets = new ArrayList<>();

  @BeforeEach
  void forget() {
    targets.clear();
  }

  @Test
  void staticField_oneServerForTheClass_resetBeforeEachTest() {
    run(StaticField.class, 4);

    assertThat(targets).hasSize(4);
    assertThat(targets.stream().distinct()).hasSize(1);
    assertThatThrownBy(StaticField.wxnotify::server).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void extendWith_servesParameters() {
    run(Parameters.class, 2);

    assertThat(targets.stream().distinct()).hasSize(1);
  }

  @Test
  void fieldOfTheInstance_oneServerForEachTest() {
    run(InstanceField.class, 2);

    assertThat(targets.stream().distinct()).hasSize(2);
  }

  private static void run(Class<?> tests, int count) {
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(tests))
        .execute()
        .testEvents()
        .assertStatistics(statistics -> statistics.started(count).succeeded(count));
  }

  private static void sendOne(WxnotifyServer wxnotify) {
    targets.add(wxnotify.target());
    assertThat(wxnotify.weChat().messages()).isEmpty();
    wxnotify.client().send(WxnotifyServerTest.reminderTo("alice"));
    assertThat(wxnotify.weChat().messagesTo("alice")).hasSize(1);
  }

  static class StaticField {
    @RegisterExtension static final WxnotifyExtension wxnotify = new WxnotifyExtension();

    @RepeatedTest(2)
    void send() {
      sendOne(wxnotify.server());
    }

    @Nested
    class Within {
      @RepeatedTest(2)
      void send() {
        sendOne(wxnotify.server());
      }
    }
  }

  @ExtendWith(WxnotifyExtension.class)
  static class Parameters {
    @RepeatedTest(2)
    void send(WxnotifyServer wxnotify) {
      sendOne(wxnotify);
    }
  }

  static class InstanceField {
    @RegisterExtension final WxnotifyExtension wxnotify = new WxnotifyExtension();

    @RepeatedTest(2)
    void send() {
      sendOne(wxnotify.server());
    }
  }
}
