package dev.wxnotify.benchmark.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransportTest {

  @ParameterizedTest
  @EnumSource
  void andEpoll_anyTransport_beginsWithItself(Transport transport) {
    assertThat(transport.andEpoll()).startsWith(transport).doesNotHaveDuplicates();
  }

  @Test
  void andEpoll_epoll_isAlone() {
    assertThat(Transport.EPOLL.andEpoll()).containsExactly(Transport.EPOLL);
  }

  @ParameterizedTest
  @EnumSource
  void of_nameThatTheServerUses_isTheTransport(Transport transport) {
    assertThat(Transport.of(transport.toString())).isEqualTo(transport);
  }
}
