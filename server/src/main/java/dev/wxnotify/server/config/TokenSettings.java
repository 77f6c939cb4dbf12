package dev.wxnotify.server.config;

import dev.wxnotify.server.redis.RedisLink;
import dev.wxnotify.server.token.TokenSource;
import dev.wxnotify.server.wechat.AppSecret;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the access token of one app comes from. */
public sealed interface TokenSettings {

  /** Returns the kind of the source. */
  TokenSource source();

  /** Returns the secret by which the source is asked; empty for none. */
  default String secretText() {
    return "";
  }

  /** Returns the file of that secret; null if it is in the configuration itself, or for none. */
  default @Nullable Path secretFile() {
    return null;
  }

  /** Returns the same source with the secret of {@code other}, if it is of the same kind. */
  default TokenSettings withSecretOf(TokenSettings other) {
    return this;
  }

  /**
   * WeChat issues it.
   *
   * @param secretFile the file of the secret; null if it is in the configuration itself
   */
  record FromWeChat(AppSecret secret, @Nullable Path secretFile) implements TokenSettings {
    @Override
    public TokenSource source() {
      return TokenSource.WECHAT;
    }

    @Override
    public String secretText() {
      return secret.value();
    }

    @Override
    public TokenSettings withSecretOf(TokenSettings other) {
      return other instanceof FromWeChat ? other : this;
    }
  }

  /**
   * An HTTP endpoint answers with it.
   *
   * @param bearer what is sent as a bearer token; empty for nothing
   * @param bearerFile the file of it; null if it is in the configuration itself
   */
  record FromUrl(URI url, String bearer, @Nullable Path bearerFile) implements TokenSettings {
    @Override
    public TokenSource source() {
      return TokenSource.URL;
    }

    @Override
    public String secretText() {
      return bearer;
    }

    @Override
    public @Nullable Path secretFile() {
      return bearerFile;
    }

    @Override
    public TokenSettings withSecretOf(TokenSettings other) {
      return other instanceof FromUrl from ? new FromUrl(url, from.bearer, from.bearerFile) : this;
    }

    /** Contains neither the bearer token nor the URL, whose query may hold a secret. */
    @Override
    public String toString() {
      return "FromUrl[" + url.getHost() + "]";
    }
  }

  /**
   * Another system keeps it in Redis.
   *
   * @param key where, with the AppID in it
   */
  record FromRedis(RedisLink.Settings redis, String key) implements TokenSettings {
    @Override
    public TokenSource source() {
      return TokenSource.REDIS;
    }
  }

  /** WeChat's cloud hosting writes it into a file, which need not be there yet. */
  record FromCloudbase(Path file) implements TokenSettings {
    @Override
    public TokenSource source() {
      return TokenSource.CLOUDBASE;
    }
  }

  /** The app needs none. */
  record NotNeeded() implements TokenSettings {
    @Override
    public TokenSource source() {
      return TokenSource.NONE;
    }
  }
}
