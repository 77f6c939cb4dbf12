package dev.wxnotify.server.pages;

import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;
import org.jspecify.annotations.Nullable;

/** Says the least that there is to say. */
final class PlainPages implements ConsolePages {
  @Override
  public @Nullable PageAnswer open(PageRequest request) {
    return null;
  }

  @Override
  public PageAnswer page(PageRequest request, ConsoleData data) {
    return PageAnswer.text(200, data.server().readiness().status().name());
  }

  @Override
  public PageAnswer.Whole login(PageRequest request, String next, @Nullable LoginProblem problem) {
    return PageAnswer.text(200, "Send the bearer token of a caller with the operator's right.");
  }

  @Override
  public PageAnswer.Whole refused(PageRequest request, Refusal why) {
    return PageAnswer.text(
        200,
        switch (why) {
          case NOT_LOCAL -> "Without callers the console is shown on this machine only.";
          case FORWARDED -> "Without callers the console is not shown through a proxy.";
        });
  }
}
