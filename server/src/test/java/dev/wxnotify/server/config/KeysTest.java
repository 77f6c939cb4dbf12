package dev.wxnotify.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What all declarations have in common. */
class KeysTest {
  static final List<Key<?>> KEYS = Keys.ALL;

  /** The keys that may hold a secret, and those that name a file for it instead. */
  private static final Map<String, String> FILES_OF_SECRETS =
      Map.of(
          "wxnotify.apps.NAME.app-secret", "wxnotify.apps.NAME.app-secret-file",
          "wxnotify.apps.NAME.token.bearer-token", "wxnotify.apps.NAME.token.bearer-token-file",
          "wxnotify.apps.NAME.token.redis-url", "wxnotify.apps.NAME.token.redis-password-file",
          "wxnotify.apps.NAME.push.token", "wxnotify.apps.NAME.push.token-file",
          "wxnotify.apps.NAME.push.encoding-aes-key",
              "wxnotify.apps.NAME.push.encoding-aes-key-file",
          "wxnotify.wechat.proxy", "wxnotify.wechat.proxy-password-file",
          "wxnotify.redis.url", "wxnotify.redis.password-file",
          "wxnotify.journal.url", "wxnotify.journal.password-file");

  private static final List<Class<?>> DECLARING =
      List.of(
          GrpcKeys.class,
          TlsKeys.class,
          CallerKeys.class,
          AppKeys.class,
          PushKeys.class,
          TemplateKeys.class,
          WeChatKeys.class,
          RedisKeys.class,
          JournalKeys.class,
          ProcessKeys.class);

  @Test
  void keys_thatAreDeclared_areInASection() throws Exception {
    List<Object> declared = new ArrayList<>();
    for (Class<?> declaring : DECLARING) {
      for (Field field : declaring.getDeclaredFields()) {
        if (field.getType() == Key.class) {
          declared.add(field.get(null));
        }
      }
    }

    assertThat(declared).hasSizeGreaterThan(40).containsExactlyElementsOf(Keys.ALL);
  }

  /** Otherwise one would take what is meant for another. */
  @Test
  void keysAndVariables_areDifferent() {
    assertThat(Keys.ALL).extracting(Key::name).doesNotHaveDuplicates();
    assertThat(Keys.ALL).extracting(key -> Keys.variable(key.name())).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @FieldSource("KEYS")
  void name_isInKebabCaseBelowWxnotify(Key<?> key) {
    assertThat(key.name()).matches("wxnotify(\\.([a-z]+(-[a-z0-9]+)*|NAME))+");
    assertThat(Keys.find(Key.withName(key.name(), "shop"))).contains(key);
    assertThat(Keys.find(Key.withName(key.name(), "\"a.b\""))).contains(key);
  }

  @ParameterizedTest
  @FieldSource("KEYS")
  void byDefault_isAValueOfItsType(Key<?> key) {
    if (key.byDefault() != null) {
      assertThatCode(key::defaultValue).doesNotThrowAnyException();
      assertThat(key.isRequired()).isFalse();
    }
  }

  @ParameterizedTest
  @FieldSource("KEYS")
  void meaning_isOneCellOfATable(Key<?> key) {
    assertThat(key.meaning()).isNotBlank().doesNotContain("|", "\n").doesNotEndWith(".");
  }

  @Test
  void keyOfASecret_hasAKeyOfAFileBesideIt() {
    assertThat(Keys.ALL)
        .filteredOn(key -> key.type().isSecret())
        .extracting(Key::name)
        .containsExactlyInAnyOrderElementsOf(FILES_OF_SECRETS.keySet());
    assertThat(Keys.ALL)
        .filteredOn(
            key -> key.type().equals(Types.SECRET_FILE) || key.type().equals(Types.SECRET_FILES))
        .extracting(Key::name)
        .containsExactlyInAnyOrderElementsOf(FILES_OF_SECRETS.values());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wxnotify.apps.a.b.app-id",
        "wxnotify.apps.app-id",
        "wxnotify.apps..app-id",
        "wxnotify.apps.shop.app-id.x",
        "wxnotify.grpc",
        "wxnotify.grpc.port.",
        "x.wxnotify.grpc.port",
        "wxnotify.grpc.callers.crm.seckill.page",
      })
  void name_thatOnlyLooksLikeAKey_isNone(String written) {
    assertThat(Keys.find(written)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "wxnotify, true, false",
    "wxnotify.grpc, true, false",
    "wxnotify.apps, true, false",
    "wxnotify.apps.shop, true, true",
    "wxnotify.apps.\"a.b\", true, true",
    "wxnotify.apps.shop.seckill, true, false",
    "wxnotify.grpc.callers.crm, true, true",
    "wxnotify.grpc.port, false, false",
    "wxnotify.grpc.prot, false, false",
    "wxnotify.apps.shop.x, false, false",
  })
  void parents_areWhatHasKeysBelowIt(String written, boolean isParent, boolean isAppOrCaller) {
    assertThat(Keys.isParent(written)).isEqualTo(isParent);
    assertThat(Keys.isAppOrCaller(written)).isEqualTo(isAppOrCaller);
  }
}
