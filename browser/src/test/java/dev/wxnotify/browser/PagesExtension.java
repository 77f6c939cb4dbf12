package dev.wxnotify.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the one browser and a server that all of them share: tests use users of their own.
 *
 * <p>After each test, the browser must have no error in its console and must have asked no other
 * host. A test that provokes an error takes it by {@link Browser#severe} first. After a failure
 * there is a picture in {@code target/failures}.
 */
final class PagesExtension
    implements ParameterResolver, BeforeEachCallback, AfterTestExecutionCallback {
  private static final Namespace NAMESPACE = Namespace.create(PagesExtension.class);

  private static Browser browser(ExtensionContext context) {
    return store(context).getOrComputeIfAbsent("browser", key -> new Browser(), Browser.class);
  }

  private static ServerUnderTest server(ExtensionContext context) {
    return store(context)
        .getOrComputeIfAbsent("server", key -> ServerUnderTest.start(), ServerUnderTest.class);
  }

  /** Closes what it has at the end of the run. */
  private static Store store(ExtensionContext context) {
    return context.getRoot().getStore(NAMESPACE);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Browser.class || type == ServerUnderTest.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Browser.class ? browser(context) : server(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    browser(context).reset();
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    Browser browser = browser(context);
    if (context.getExecutionException().isPresent()) {
      String name = context.getRequiredTestClass().getSimpleName() + "-" + context.getDisplayName();
      browser.photograph(
          Path.of("target", "failures", name.replaceAll("[^A-Za-z0-9_-]+", "-") + ".png"));
      return;
    }
    assertThat(browser.severe()).as("errors in the browser's console").isEmpty();
    assertThat(browser.requestedUrls())
        .as("requests to other hosts")
        .allSatisfy(url -> assertThat(url.getHost()).isEqualTo("127.0.0.1"));
  }
}
