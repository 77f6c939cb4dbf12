package dev.wxnotify.browser;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.Select;

/**
 * A Chromium without a window: the machine's own, by the machine's own driver, both as they are
 * found on the PATH unless a property names them.
 */
final class Browser implements AutoCloseable {
  private final ChromeDriver driver;
  private final String userAgent;

  Browser() {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(program("browser.chromium", "chromium").toString());
    options.addArguments(
        "--headless=new",
        "--no-sandbox", // It may run as root, and sees our own pages only.
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--hide-scrollbars",
        "--force-color-profile=srgb",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        // So that a page that needs another host fails here as it does behind a firewall.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(program("browser.chromedriver", "chromedriver"))
            .usingAnyFreePort()
            .build();
    this.driver = new ChromeDriver(service, options);
    this.userAgent = text(driver.executeScript("return navigator.userAgent"));
  }

  private static File program(String property, String name) {
    String given = System.getProperty(property, "");
    if (!given.isEmpty()) {
      return new File(given);
    }
    for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
      File file = new File(folder, name);
      if (file.canExecute()) {
        return file;
      }
    }
    throw new IllegalStateException(
        "no " + name + " on the PATH: install it, or give -D" + property + "=FILE");
  }

  /** Forgets all cookies, and becomes one that prefers English on a light desktop. */
  void reset() {
    driver.get("about:blank");
    driver.executeCdpCommand("Network.clearBrowserCookies", Map.of());
    prefer(Language.ENGLISH, Scheme.LIGHT);
    resize(Screen.DESKTOP);
    severe();
    requestedUrls();
  }

  /** Prefers a language and a scheme from the next page on, as by the settings of a system. */
  void prefer(Language language, Scheme scheme) {
    driver.executeCdpCommand(
        "Emulation.setUserAgentOverride",
        Map.of("userAgent", userAgent, "acceptLanguage", language.accepted));
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", scheme.css()),
                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
  }

  /** Takes the size of a screen. */
  void resize(Screen screen) {
    resize(screen.width, screen.height);
  }

  private void resize(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  /** Opens a page and waits for its {@code load}. */
  void open(URI page) {
    driver.get(page.toString());
  }

  URI address() {
    return URI.create(Objects.requireNonNull(driver.getCurrentUrl()));
  }

  /** Sends keys to whatever has the focus. */
  void press(Keys... keys) {
    for (Keys key : keys) {
      driver.switchTo().activeElement().sendKeys(key);
    }
  }

  WebElement focused() {
    return driver.switchTo().activeElement();
  }

  List<WebElement> all(String css) {
    return driver.findElements(By.cssSelector(css));
  }

  /** Waits for the first element that {@code css} selects. */
  WebElement one(String css) {
    Await.until(css + " on " + address(), () -> !all(css).isEmpty());
    return all(css).get(0);
  }

  /**
   * Waits for the first element that {@code css} selects and whose text has {@code part}.
   *
   * @param part such as the open id in a row of a table
   */
  WebElement one(String css, String part) {
    Await.until(css + " with " + part + " on " + address(), () -> with(css, part).isPresent());
    return with(css, part).orElseThrow();
  }

  private Optional<WebElement> with(String css, String part) {
    return all(css).stream().filter(each -> each.getText().contains(part)).findFirst();
  }

  /** Clicks a button that sends a form, and waits for the page that answers it. */
  void submit(WebElement button) {
    WebElement page = one("html");
    button.click();
    Await.until("another page after " + address(), () -> isGone(page));
    Await.until("the page is loaded", () -> "complete".equals(run("return document.readyState")));
  }

  /** The same for the first button that {@code css} selects, which a live page may replace. */
  void submit(String css) {
    WebElement page = one("html");
    Await.until(
        css + " is clicked",
        () -> {
          one(css).click();
          return true;
        });
    Await.until("another page after " + address(), () -> isGone(page));
    Await.until("the page is loaded", () -> "complete".equals(run("return document.readyState")));
  }

  private static boolean isGone(WebElement element) {
    try {
      element.isEnabled();
      return false;
    } catch (StaleElementReferenceException e) {
      return true;
    }
  }

  /** Types into a field in place of what it has. */
  static void type(WebElement field, String text) {
    field.clear();
    field.sendKeys(text);
  }

  /** Chooses an option of a list by its value. */
  static void choose(WebElement list, String value) {
    new Select(list).selectByValue(value);
  }

  /** Returns the text that a user sees. */
  String text() {
    return text(run("return document.body.innerText"));
  }

  /** Waits until a user sees {@code part} on the page. */
  void see(String part) {
    Await.until("\"" + part + "\" is on " + address(), () -> text().contains(part));
  }

  /** Runs a script of the test in the page. */
  @Nullable Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** Runs a script of the test that returns a number. */
  double number(String script, Object... arguments) {
    return ((Number) Objects.requireNonNull(run(script, arguments), script)).doubleValue();
  }

  /** Returns the document as it is now. */
  String source() {
    return text(run("return document.documentElement.outerHTML"));
  }

  /** Runs a script of the test that calls its last argument when it is done. */
  @Nullable Object runAsync(String script, Object... arguments) {
    return driver.executeAsyncScript(script, arguments);
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  /** Returns and forgets the errors in the browser's console, those of the CSP included. */
  List<String> severe() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.SEVERE.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  /** Returns and forgets what pages have requested, in any way. */
  List<URI> requestedUrls() {
    List<URI> urls = new ArrayList<>();
    for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
      JsonObject message =
          JsonParser.parseString(entry.getMessage()).getAsJsonObject().getAsJsonObject("message");
      if (message.get("method").getAsString().equals("Network.requestWillBeSent")) {
        String url =
            message
                .getAsJsonObject("params")
                .getAsJsonObject("request")
                .get("url")
                .getAsString()
                .toLowerCase(Locale.ROOT);
        if (url.startsWith("http") || url.startsWith("ws")) {
          urls.add(URI.create(url.replaceAll("[?#].*", "")));
        }
      }
    }
    return urls;
  }

  /** Takes a picture of what the screen shows. */
  void photograph(Path file) {
    write(file, driver.executeCdpCommand("Page.captureScreenshot", Map.of("format", "png")));
  }

  /**
   * Takes a picture of the whole page, however long it is.
   *
   * @param most the longest that it may be, in pixels
   */
  void photographWhole(Path file, Screen screen, int most) {
    long height = (Long) Objects.requireNonNull(run("return document.body.scrollHeight"));
    resize(screen.width, (int) Math.min(Math.max(height, screen.height), most));
    photograph(file);
    resize(screen);
  }

  private static void write(Path file, Map<String, Object> answer) {
    try {
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      Files.write(
          file, Base64.getDecoder().decode(Objects.requireNonNull(answer.get("data")).toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    driver.quit();
  }
}
