package dev.wxnotify.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A caller's class path gets nothing of the server, and none of its libraries. */
class ClassPathTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev.wxnotify.server.SandboxServer",
        "ch.qos.logback.classic.Logger",
        "com.fasterxml.jackson.databind.ObjectMapper",
        "io.lettuce.core.RedisClient",
        "io.micrometer.core.instrument.MeterRegistry",
        "io.netty.channel.Channel",
        "org.slf4j.Logger",
        "org.yaml.snakeyaml.Yaml",
        "picocli.CommandLine"
      })
  void classesOfTheServer_areNotThere(String name) {
    assertThatThrownBy(() -> Class.forName(name)).isInstanceOf(ClassNotFoundException.class);
  }
}
