package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NettyDefaultsTest {
  private static final String OURS = "io.netty.leakDetection.level";
  private static final String OF_GRPC = "io.grpc.netty.shaded.io.netty.leakDetection.level";

  private final Properties before = new Properties();

  @BeforeEach
  void remember() {
    before.putAll(System.getProperties());
    System.clearProperty(OURS);
    System.clearProperty(OF_GRPC);
  }

  @AfterEach
  void restore() {
    System.setProperties(before);
  }

  @Test
  void apply_nothingSet_switchesLeakDetectionOffInBothNettys() {
    NettyDefaults.apply();

    assertThat(System.getProperty(OURS)).isEqualTo("disabled");
    assertThat(System.getProperty(OF_GRPC)).isEqualTo("disabled");
  }

  @Test
  void apply_levelOfTheCommandLine_leavesIt() {
    System.setProperty(OF_GRPC, "paranoid");

    NettyDefaults.apply();

    assertThat(System.getProperty(OF_GRPC)).isEqualTo("paranoid");
  }
}
