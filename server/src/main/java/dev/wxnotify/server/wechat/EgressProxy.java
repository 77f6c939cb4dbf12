package dev.wxnotify.server.wechat;

import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy to WeChat, used by CONNECT. It resolves WeChat's name, and sees nothing of the
 * requests, which are encrypted.
 *
 * @param host its name or address
 * @param port its port
 * @param credentials the credentials for it; null for a proxy that requires none
 */
public record EgressProxy(String host, int port, @Nullable Credentials credentials) {

  /** A user and its password (HTTP's Basic scheme). */
  public record Credentials(String user, String password) {

    /** Never contains the password. */
    @Override
    public String toString() {
      return "Credentials[" + user + "]";
    }
  }

  /** Returns the same proxy with another password for the same user. */
  EgressProxy withPassword(String password) {
    return credentials == null
        ? this
        : new EgressProxy(host, port, new Credentials(credentials.user(), password));
  }

  /** Returns its name for messages, without credentials. */
  String label() {
    return "the proxy " + host + ":" + port;
  }
}
