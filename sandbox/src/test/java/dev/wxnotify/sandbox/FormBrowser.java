package dev.wxnotify.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jsoup.Connection;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.FormElement;

/** A browser without JavaScript: it shows pages, and sends forms as they stand there. */
final class FormBrowser {

  static final String ENGLISH = "en-US,en;q=0.9";
  static final String CHINESE = "zh-CN,zh;q=0.9,en;q=0.5";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI base;
  private final String language;
  private int status;

  FormBrowser(Sandbox sandbox, String language) {
    this.base = sandbox.inboxUrl();
    this.language = language;
  }

  /** The page at a path; it must be there. */
  Document open(String path) throws Exception {
    Document page = page(send(HttpRequest.newBuilder(base.resolve(path)).GET()));
    assertThat(status).as(path).isEqualTo(200);
    return page;
  }

  /** Whatever a path answers. */
  Document look(String path) throws Exception {
    return page(send(HttpRequest.newBuilder(base.resolve(path)).GET()));
  }

  /** The status of the last answer. */
  int status() {
    return status;
  }

  /** The only form of the page that is sent to {@code action}. */
  static FormElement form(Document page, String action) {
    return (FormElement) page.expectFirst("form[action=" + action + "]");
  }

  static Element last(Document page, String selector) {
    List<Element> found = page.select(selector);
    return found.get(found.size() - 1);
  }

  /**
   * Sends a form by one of its buttons, and follows where that leads.
   *
   * @param typed the fields that somebody has changed
   * @param button the value of the button that was pressed; empty if it has none
   */
  Document submit(Element form, Map<String, String> typed, String button) throws Exception {
    assertThat(form).as("the form").isInstanceOf(FormElement.class);
    Map<String, String> fields = new LinkedHashMap<>();
    for (Connection.KeyVal field : ((FormElement) form).formData()) {
      fields.put(field.key(), field.value());
    }
    form.select("button[name]").forEach(each -> fields.remove(each.attr("name")));
    if (!button.isEmpty()) {
      Element pressed = form.expectFirst("button[value=" + button + "]");
      fields.put(pressed.attr("name"), button);
    }
    fields.putAll(typed);
    return post(form.attr("action"), fields);
  }

  Document post(String action, Map<String, String> fields) throws Exception {
    String body =
        fields.entrySet().stream()
            .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
            .collect(Collectors.joining("&"));
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(base.resolve(action))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Origin", base.toString().replaceFirst("/$", ""))
                .POST(BodyPublishers.ofString(body)));
    if (answer.statusCode() != 303) {
      return page(answer);
    }
    return open(answer.headers().firstValue("Location").orElseThrow().replaceFirst("#.*", ""));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> answer =
        http.send(
            request.header("Accept-Language", language).build(),
            BodyHandlers.ofString(StandardCharsets.UTF_8));
    status = answer.statusCode();
    return answer;
  }

  private Document page(HttpResponse<String> answer) {
    return Jsoup.parse(answer.body(), answer.uri().toString());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
