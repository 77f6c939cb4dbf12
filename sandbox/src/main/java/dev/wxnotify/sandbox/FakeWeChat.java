package dev.wxnotify.sandbox;

import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** WeChat without HTTP: answers calls and keeps state. All methods are thread-safe. */
final class FakeWeChat {

  private final SandboxOptions options;
  private final Tokens tokens;
  private final Quotas quotas;
  private final SubscriptionLedger ledger;
  private final OpenIdTurns turns = new OpenIdTurns();
  private final MagicOpenIds magic = new MagicOpenIds();
  private final FaultBook faults = new FaultBook();
  private final Counters counters = new Counters();
  private final Mailbox mailbox;
  private final Answers answers;
  private final Map<SandboxEndpoint, Endpoint> endpoints = new EnumMap<>(SandboxEndpoint.class);

  FakeWeChat(SandboxOptions options, InstantSource clock) {
    this.options = options;
    this.tokens = new Tokens(options.apps().keySet(), options.tokens(), clock);
    this.quotas = new Quotas(options.quotas(), clock);
    this.ledger = new SubscriptionLedger(options.sends().strictSubscriptions());
    this.mailbox = new Mailbox(options.kept(), clock);
    this.answers = new Answers(options.answers(), clock);
    Credentials credentials = new Credentials(options.apps(), options.allowedIps());
    endpoints.put(
        SandboxEndpoint.TOKEN,
        new ClassicTokenEndpoint(credentials, quotas, tokens, counters, clock));
    endpoints.put(
        SandboxEndpoint.STABLE_TOKEN,
        new StableTokenEndpoint(credentials, quotas, tokens, counters, clock));
    endpoints.put(
        SandboxEndpoint.SEND,
        new SendEndpoint(options, clock, tokens, quotas, ledger, turns, magic, mailbox, answers));
    endpoints.put(
        SandboxEndpoint.TEMPLATES, new TemplateEndpoint(tokens, options.templates(), answers));
    endpoints.put(SandboxEndpoint.QUOTA, new QuotaEndpoint(tokens, quotas, answers));
    endpoints.put(
        SandboxEndpoint.CLEAR_QUOTA, new ClearQuotaEndpoint(tokens, quotas, answers, clock));
    seed();
  }

  Answer answer(Call call) {
    Optional<SandboxEndpoint> endpoint = SandboxEndpoint.byPath(call.path());
    if (endpoint.isEmpty()) {
      return Answer.of(answers.error(ErrorTexts.INVALID_URL));
    }
    Trouble trouble = call.headersOnly() ? Trouble.EARLY_ANSWER : faults.next(endpoint.get());
    Answer answer = answer(endpoint.get(), call, trouble.effect());
    if (!answer.isResetBefore()) {
      counters.requested(endpoint.get());
      if (endpoint.get() == SandboxEndpoint.SEND) {
        counters.sendAnswered(answer.outcome());
        if (!call.headersOnly()) {
          mailbox.received(call.body(), answer.outcome());
        }
      }
    }
    return answer.later(options.latency().plus(trouble.delay()));
  }

  SandboxState state() {
    return counters.state(turns, mailbox);
  }

  Mailbox mailbox() {
    return mailbox;
  }

  FaultBook faults() {
    return faults;
  }

  Tokens tokens() {
    return tokens;
  }

  SubscriptionLedger ledger() {
    return ledger;
  }

  Counters counters() {
    return counters;
  }

  List<SandboxTemplate> templates() {
    return options.templates();
  }

  /** Resets everything except the tokens, so that clients that hold one do not notice. */
  void reset() {
    turns.clearCounts();
    magic.forget();
    counters.clear();
    mailbox.clear();
    quotas.clearAll();
    tokens.forgetForced();
    seed();
  }

  private void seed() {
    ledger.replaceAll(options.subscriptions());
    faults.clear();
    options.faults().forEach(faults::add);
  }

  private Answer answer(SandboxEndpoint endpoint, Call call, @Nullable Effect effect) {
    if (effect == null || effect.kind().processed()) {
      return process(endpoint, call).spoilt(effect);
    }
    return answers.instead(effect);
  }

  private Answer process(SandboxEndpoint endpoint, Call call) {
    try {
      checkMethod(endpoint, call);
      Endpoint target = endpoints.get(endpoint);
      if (target == null) {
        throw new Refused(ErrorTexts.INVALID_URL);
      }
      return target.answer(call);
    } catch (Refused e) {
      return Answer.of(answers.error(e));
    }
  }

  private static void checkMethod(SandboxEndpoint endpoint, Call call) throws Refused {
    if (call.method().equals(endpoint.method())) {
      return;
    }
    throw new Refused(
        switch (endpoint) {
          case TEMPLATES -> ErrorTexts.NOT_FOUND;
          case TOKEN -> ErrorTexts.REQUIRE_GET;
          default -> ErrorTexts.REQUIRE_POST;
        });
  }
}
