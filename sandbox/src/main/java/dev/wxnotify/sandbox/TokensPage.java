package dev.wxnotify.sandbox;

import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The tokens, never their values, and the form that revokes them. */
final class TokensPage {

  private static final String PAGE = "/inbox/tokens";
  private static final String FORM = "tokens";
  private static final String HOSTING = "hosting";

  private final FakeWeChat weChat;
  private final InboxFrame frame;
  private final Duration ttl;
  private final ControlChanges changes;

  TokensPage(FakeWeChat weChat, InboxFrame frame, SandboxOptions options) {
    this.weChat = weChat;
    this.frame = frame;
    this.ttl = options.tokens().ttl();
    this.changes = new ControlChanges(weChat);
  }

  /**
   * The current token of one kind of one app.
   *
   * @param issuedAt null if none was issued
   * @param fetches how often a token of this kind was asked for
   */
  record Row(
      String appId,
      String kind,
      @Nullable Instant issuedAt,
      @Nullable Instant expiresAt,
      boolean valid,
      boolean expired,
      long fetches) {}

  PageAnswer show(PageRequest request) {
    return show(request, Form.EMPTY);
  }

  PageAnswer revoke(PageRequest request) {
    Form form = Form.of(FORM, request);
    try {
      if (form.value("kind").equals(HOSTING)) {
        changes.revokeHosting(new FormJson(form).text("mode").json());
        return InboxFrame.done(PAGE, "revoked.1", "");
      }
      int revoked =
          changes
              .revoke(new FormJson(form).text("app_id", "kind", "mode").json())
              .path("revoked")
              .asInt();
      return InboxFrame.done(PAGE, "revoked." + revoked, "");
    } catch (ControlError e) {
      return show(request, form.with(e));
    }
  }

  private PageAnswer show(PageRequest request, Form form) {
    Map<String, Object> values = frame.values();
    values.put("rows", rows());
    values.put("apps", List.copyOf(new TreeSet<>(weChat.tokens().appIds())));
    values.put("hosting", weChat.hosting().hasFile());
    values.put("form", form);
    PageAnswer.Whole page = frame.answer(request, "tokens.title", "tokens", values);
    return form.failed(FORM) ? page.status(InboxFrame.WRONG_FORM) : page;
  }

  private List<Row> rows() {
    SandboxState state = weChat.state();
    Instant now = weChat.clock().instant();
    return weChat.inboxTokens().list().stream()
        .map(
            token -> {
              SandboxState.TokenFetches fetches = state.tokenFetches(token.appId());
              Instant end = token.expiresAt();
              return new Row(
                  token.appId(),
                  ControlFields.lower(token.kind()),
                  end == null ? null : end.minus(ttl),
                  end,
                  token.valid(),
                  end != null && !now.isBefore(end),
                  token.kind() == TokenKind.CLASSIC ? fetches.classic() : fetches.stable());
            })
        .toList();
  }
}
