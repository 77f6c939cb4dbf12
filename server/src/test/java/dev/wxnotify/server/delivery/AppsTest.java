package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AppsTest {
  private final DeliveryFixture fixture = new DeliveryFixture();
  private final App first = fixture.app;
  private final App second = fixture.otherApp;

  @Test
  void find_knownId_isThatApp() {
    Apps apps = new Apps(List.of(first, second), first);

    assertThat(apps.find(second.appId())).isSameAs(second);
    assertThat(apps.all()).containsExactlyInAnyOrder(first, second);
  }

  @Test
  void find_noId_isTheDefaultApp() {
    assertThat(new Apps(List.of(first, second), second).find("")).isSameAs(second);
  }

  @Test
  void find_noIdAndNoDefault_isNone() {
    assertThat(new Apps(List.of(first, second), null).find("")).isNull();
  }

  @Test
  void find_unknownId_isNoneAndNotTheDefault() {
    Apps apps = new Apps(List.of(first), first);

    assertThat(apps.find("unknown")).isNull();
    assertThat(apps.find(" ")).isNull();
    assertThat(apps.find(first.appId() + " ")).isNull();
  }

  @Test
  void replace_otherApps_isWhatIsFoundFromThenOn() {
    Apps apps = new Apps(List.of(first), first);

    apps.replace(List.of(second), null);

    assertThat(apps.find(second.appId())).isSameAs(second);
    assertThat(apps.find(first.appId())).isNull();
    assertThat(apps.find("")).isNull();
    assertThat(apps.all()).containsExactly(second);
  }

  @Test
  void create_sameIdTwice_isRefused() {
    assertThatThrownBy(() -> new Apps(List.of(first, first), null))
        .isInstanceOf(IllegalStateException.class);
  }
}
