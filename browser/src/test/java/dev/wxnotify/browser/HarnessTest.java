package dev.wxnotify.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Shows that the checks which every test ends with can fail. */
@ExtendWith(PagesExtension.class)
class HarnessTest {
  private HttpServer http;
  private URI address;

  @BeforeEach
  void start() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    address = URI.create("http://127.0.0.1:" + http.getAddress().getPort() + "/");
  }

  @AfterEach
  void stop() {
    http.stop(0);
  }

  private void serve(String page) {
    http.createContext(
        "/",
        exchange -> {
          byte[] body = page.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
          exchange.getResponseHeaders().add("Content-Security-Policy", "default-src 'self'");
          exchange.sendResponseHeaders(200, body.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    http.start();
  }

  @Test
  void inlineScript_isSevere(Browser browser) {
    serve("<!doctype html><html lang=en><title>a</title><script>1</script><p>hello");

    browser.open(address);
    browser.see("hello");

    assertThat(browser.severe()).hasSize(1).first().asString().contains("Content Security Policy");
  }

  @Test
  void requestToAnotherHost_isSeen(Browser browser) {
    serve("<!doctype html><html lang=en><title>a</title><a href=http://example.com/x>away</a>");
    browser.open(address);

    browser.run("window.open('http://example.com/x', '_self')");

    Await.until(
        "example.com is among the requests",
        () -> browser.requestedUrls().contains(URI.create("http://example.com/x")));
    browser.severe();
  }

  @Test
  void paleText_isAViolation(Browser browser) {
    Axe axe = Axe.read();
    serve("<!doctype html><html lang=en><title>a</title><main><p><font color='#ccc'>pale</font>");
    browser.open(address);

    assertThat(axe.violations(browser)).hasSize(1).first().asString().startsWith("color-contrast");
  }

  @Test
  void preferences_reachThePage(Browser browser) {
    serve("<!doctype html><html lang=en><title>a</title><p>hello");
    browser.prefer(Language.CHINESE, Scheme.DARK);
    browser.resize(Screen.PHONE);

    browser.open(address);

    assertThat(browser.run("return navigator.language")).isEqualTo("zh-CN");
    assertThat(browser.run("return matchMedia('(prefers-color-scheme: dark)').matches"))
        .isEqualTo(true);
    assertThat(browser.run("return innerWidth")).isEqualTo(360L);
  }

  @Test
  void server_saysWhereItsPagesAre(ServerUnderTest server) {
    assertThat(server.inbox().getPort()).isPositive();
    assertThat(server.console().getPort()).isPositive();
  }
}
