package dev.wxnotify.server;

import dev.wxnotify.sandbox.PushTarget;
import dev.wxnotify.sandbox.Sandbox;
import dev.wxnotify.sandbox.SandboxOptions;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Map;

/**
 * Lets the fake WeChat push to the server in this process, with secrets that nobody else has: the
 * endpoint verifies them as it does WeChat's.
 */
final class SandboxPushes {
  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int TOKEN_LENGTH = 32;
  private static final int KEY_LENGTH = 43;

  private final String token;
  private final String aesKey;

  SandboxPushes() {
    SecureRandom random = new SecureRandom();
    token = letters(random, TOKEN_LENGTH);
    aesKey = letters(random, KEY_LENGTH);
  }

  /** The keys of the server: a free port of the loopback address, and the secrets. */
  Map<String, String> keys() {
    return Map.of(
        "wxnotify.push.host",
        "127.0.0.1",
        "wxnotify.push.port",
        "0",
        "wxnotify.apps.sandbox.push.token",
        token,
        "wxnotify.apps.sandbox.push.encoding-aes-key",
        aesKey);
  }

  /** Sets the push URL of the sandbox's app, once the server has its port. */
  void connect(Sandbox weChat, NotificationServer server) {
    URI url = URI.create("http://127.0.0.1:" + server.pushPort() + "/wechat/sandbox");
    weChat.pushTo(SandboxOptions.APP_ID, PushTarget.safe(url, token, aesKey));
  }

  private static String letters(SecureRandom random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return text.toString();
  }
}
