package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NettyDefaultsTest {
  private static final String LEVEL = "io.netty.leakDetection.level";

  private final Properties before = new Properties();

  @BeforeEach
  void remember() {
    before.putAll(System.getProperties());
    System.clearProperty(LEVEL);
  }

  @AfterEach
  void restore() {
    System.setProperties(before);
  }

  @Test
  void apply_nothingSet_switchesLeakDetectionOff() {
    NettyDefaults.apply();

    assertThat(System.getProperty(LEVEL)).isEqualTo("disabled");
  }

  /** Otherwise accepting does not pause when the process has no descriptors left. */
  @Test
  void apply_nothingSet_acceptsOneAtATime() {
    NettyDefaults.apply();

    assertThat(System.getProperty("io.netty.iouring.acceptMultiShotEnabled")).isEqualTo("false");
  }

  @Test
  void apply_levelOfTheCommandLine_leavesIt() {
    System.setProperty(LEVEL, "paranoid");

    NettyDefaults.apply();

    assertThat(System.getProperty(LEVEL)).isEqualTo("paranoid");
  }
}
