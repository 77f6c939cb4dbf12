package dev.wxnotify.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnknownVariablesTest {

  @ParameterizedTest
  @CsvSource({
    "WXNOTIFY_GRPC_PROT, WXNOTIFY_GRPC_PORT",
    "WXNOTIFY_GRPC_MAX_INFLIGHT, WXNOTIFY_GRPC_MAX_IN_FLIGHT",
    "WXNOTIFY_GRPC_TLS_CERT, WXNOTIFY_GRPC_TLS_CERTIFICATE",
    "WXNOTIFY_REDIS_PASSWORD, WXNOTIFY_REDIS_PASSWORD_FILE",
    "WXNOTIFY_REDIS_PASSWD_FILE, WXNOTIFY_REDIS_PASSWORD_FILE",
    "WXNOTIFY_LOGLEVEL, WXNOTIFY_LOG_LEVEL",
    "wxnotify_log_levle, WXNOTIFY_LOG_LEVEL",
    "WXNOTIFY_APP_SHOP_APP_SECRET_FILE, WXNOTIFY_APPS_NAME_APP_SECRET_FILE",
    "WXNOTIFY_GRPC_CALLER_CRM_TOKEN_SHA256, WXNOTIFY_GRPC_CALLERS_NAME_TOKEN_SHA256",
    "WXNOTIFY_WECHAT_REQ_TIMEOUT, WXNOTIFY_WECHAT_REQUEST_TIMEOUT",
  })
  void variable_ofNoKey_isToldWithTheNearestAndWithoutItsValue(String variable, String nearest) {
    assertThat(UnknownVariables.in(Map.of(variable, "s3cr3t")))
        .singleElement()
        .asString()
        .startsWith(variable + " is not the variable of a known key, and is ignored")
        .endsWith(" " + nearest)
        .doesNotContain("s3cr3t");
  }

  @Test
  void variables_ofKeysOfServicesAndOfOthers_areNotTold() {
    assertThat(
            UnknownVariables.in(
                Map.ofEntries(
                    Map.entry("WXNOTIFY_GRPC_PORT", "0"),
                    Map.entry("wxnotify_grpc_host", "127.0.0.1"),
                    Map.entry("WXNOTIFY_APPS_SHOP_APP_SECRET", "x"),
                    Map.entry("WXNOTIFY_APPS_SHOP_SLIP", "is a mistake, and told as one"),
                    Map.entry("PATH", "/bin"),
                    Map.entry("WXNOTIFYER", "x"),
                    Map.entry("WXNOTIFY_SERVICE_HOST", "10.0.0.1"),
                    Map.entry("WXNOTIFY_SERVICE_PORT", "9090"),
                    Map.entry("WXNOTIFY_SERVICE_PORT_GRPC", "9090"),
                    Map.entry("WXNOTIFY_PORT", "tcp://10.0.0.1:9090"),
                    Map.entry("WXNOTIFY_PORT_9090_TCP", "tcp://10.0.0.1:9090"),
                    Map.entry("WXNOTIFY_PORT_9090_TCP_ADDR", "10.0.0.1"),
                    Map.entry("WXNOTIFY_PORT_9090_TCP_PORT", "9090"),
                    Map.entry("WXNOTIFY_PORT_9090_TCP_PROTO", "tcp"),
                    Map.entry("WXNOTIFY_REDIS_MASTER_SERVICE_HOST", "10.0.0.2"),
                    Map.entry("WXNOTIFY_REDIS_MASTER_PORT", "tcp://10.0.0.2:6379"),
                    Map.entry("WXNOTIFY_REDIS_MASTER_PORT_6379_TCP_PROTO", "tcp"))))
        .isEmpty();
  }

  @Test
  void variables_several_areToldInTheirOrder() {
    assertThat(UnknownVariables.in(Map.of("WXNOTIFY_B", "1", "WXNOTIFY_A", "2")))
        .satisfiesExactly(
            line -> assertThat(line).startsWith("WXNOTIFY_A "),
            line -> assertThat(line).startsWith("WXNOTIFY_B "));
  }
}
