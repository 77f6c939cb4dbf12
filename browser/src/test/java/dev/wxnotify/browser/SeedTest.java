package dev.wxnotify.browser;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeedTest {
  @Test
  void seed_isReceivedAsWritten() {
    try (ServerUnderTest server = ServerUnderTest.start()) {
      Seed.fill(server);

      SandboxCalls sandbox = new SandboxCalls(server);
      assertThat(sandbox.get("/sandbox/messages?limit=100").getAsJsonArray("messages")).hasSize(10);
    }
  }
}
