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
  private final InstantSource clock;
  private final Tokens tokens;
  private final Quotas quotas;
  private final SubscriptionLedger ledger;
  private final OpenIdTurns turns = new OpenIdTurns();
  private final MagicOpenIds magic = new MagicOpenIds();
  private final InboxLog log;
  private final FaultBook faults;
  private final Counters counters = new Counters();
  private final AppTemplates templates;
  private final CloudHosting hosting;
  private final RequestLog requests;
  private final Mailbox mailbox;
  private final Pushes pushes;
  private final UserAnswers users;
  private final InboxMessages inbox;
  private final InboxUsers inboxUsers;
  private final InboxTokens inboxTokens;
  private final Answers answers;
  private final Map<SandboxEndpoint, Endpoint> endpoints = new EnumMap<>(SandboxEndpoint.class);

  /**
   * @param pushes not started yet
   * @param log gets what happens
   */
  FakeWeChat(SandboxOptions options, InstantSource clock, Pushes pushes, InboxLog log) {
    this.options = options;
    this.clock = clock;
    this.pushes = pushes;
    this.log = log;
    this.faults = new FaultBook(log);
    this.tokens = new Tokens(options.apps().keySet(), options.tokens(), clock, log);
    this.quotas = new Quotas(options.quotas(), clock);
    this.ledger = new SubscriptionLedger(options.sends().strictSubscriptions());
    this.mailbox = new Mailbox(options.kept(), clock, log);
    this.answers = new Answers(options.answers(), clock);
    this.templates = new AppTemplates(options.templates(), options.templateRules().mostPerApp());
    this.hosting =
        new CloudHosting(
            options.hosting(), options.hostedApp(), options.apps().keySet(), clock, log);
    this.requests = new RequestLog(clock);
    this.users = new UserAnswers(ledger, templates, pushes, clock, log);
    this.inbox = new InboxMessages(options, mailbox, pushes.log(), templates);
    this.inboxUsers = new InboxUsers(mailbox, ledger, templates);
    this.inboxTokens = new InboxTokens(tokens, clock);
    QuotaResets resets = new QuotaResets(quotas, clock);
    Access access = new Access(tokens, hosting, quotas);
    Credentials credentials = new Credentials(options.apps(), options.allowedIps());
    endpoints.put(
        SandboxEndpoint.TOKEN,
        new ClassicTokenEndpoint(credentials, quotas, tokens, counters, clock));
    endpoints.put(
        SandboxEndpoint.STABLE_TOKEN,
        new StableTokenEndpoint(credentials, quotas, tokens, counters, clock));
    endpoints.put(
        SandboxEndpoint.SEND,
        new SendEndpoint(
            options, clock, access, templates, ledger, turns, magic, mailbox, pushes, answers));
    endpoints.put(SandboxEndpoint.QUOTA, new QuotaEndpoint(access, quotas, answers));
    endpoints.put(SandboxEndpoint.CLEAR_QUOTA, new ClearQuotaEndpoint(access, resets, answers));
    endpoints.put(
        SandboxEndpoint.CLEAR_QUOTA_V2,
        new ClearQuotaBySecretEndpoint(credentials, quotas, resets, answers));
    endpoints.put(SandboxEndpoint.RID, new RidEndpoint(access, requests, answers, clock));
    putTemplateEndpoints(access);
    seed();
  }

  private void putTemplateEndpoints(Access access) {
    endpoints.put(SandboxEndpoint.TEMPLATES, new TemplateEndpoint(access, templates, answers));
    endpoints.put(
        SandboxEndpoint.ADD_TEMPLATE,
        new AddTemplateEndpoint(access, templates, options.templateRules(), answers));
    endpoints.put(
        SandboxEndpoint.DELETE_TEMPLATE, new DeleteTemplateEndpoint(access, templates, answers));
    endpoints.put(SandboxEndpoint.CATEGORIES, new CategoryEndpoint(access, answers));
    endpoints.put(
        SandboxEndpoint.LIBRARY_TITLES,
        new LibraryTitlesEndpoint(access, options.templateRules(), answers));
    endpoints.put(SandboxEndpoint.LIBRARY_KEYWORDS, new LibraryKeywordsEndpoint(access, answers));
  }

  Answer answer(Call call) {
    Optional<SandboxEndpoint> endpoint = SandboxEndpoint.byPath(call.path());
    if (endpoint.isEmpty()) {
      return Answer.of(answers.error(ErrorTexts.INVALID_URL));
    }
    Trouble trouble = call.headersOnly() ? Trouble.EARLY_ANSWER : faults.next(endpoint.get());
    Answer answer =
        answer(endpoint.get(), call, trouble.effect())
            .later(options.latency().plus(trouble.delay()));
    if (!answer.isResetBefore()) {
      counters.requested(endpoint.get());
      if (endpoint.get() == SandboxEndpoint.SEND) {
        counters.sendAnswered(answer.outcome());
        if (!call.headersOnly()) {
          mailbox.received(senderOf(call, answer), call, answer);
        }
      }
    }
    requests.add(() -> ownerOf(call), call, answer);
    return answer;
  }

  SandboxState state() {
    return counters.state(turns, mailbox, pushes.state());
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

  /** The messages as the inbox shows them. */
  InboxMessages inbox() {
    return inbox;
  }

  InboxUsers inboxUsers() {
    return inboxUsers;
  }

  InboxTokens inboxTokens() {
    return inboxTokens;
  }

  InboxLog log() {
    return log;
  }

  /** Sets the ledger's entry for a user and a template. */
  void subscribe(Subscription subscription) {
    users.set(subscription);
  }

  Counters counters() {
    return counters;
  }

  List<SandboxTemplate> templates() {
    return templates.all();
  }

  InstantSource clock() {
    return clock;
  }

  Pushes pushes() {
    return pushes;
  }

  UserAnswers users() {
    return users;
  }

  CloudHosting hosting() {
    return hosting;
  }

  /** Resets everything except the tokens, so that clients that hold one do not notice. */
  void reset() {
    turns.clearCounts();
    magic.forget();
    counters.clear();
    quotas.clearAll();
    templates.reset();
    requests.clear();
    tokens.forgetForced();
    users.forget();
    seed();
    // Last, since it is what tells everybody that looks to look anew.
    mailbox.clear();
  }

  /** The app of a send, also if its token is not valid any more. */
  private @Nullable String senderOf(Call call, Answer answer) {
    AcceptedMessage accepted = answer.accepted();
    if (accepted != null) {
      return accepted.appId();
    }
    if (call.has(Tokens.PARAMETER)) {
      return tokens.ownerOf(call);
    }
    return hosting.concerns(call) ? options.hostedApp() : null;
  }

  /** The app whose request it is, also if its token is not valid any more. */
  private @Nullable String ownerOf(Call call) {
    if (call.has(Tokens.PARAMETER)) {
      return tokens.ownerOf(call);
    }
    if (hosting.concerns(call)) {
      return options.hostedApp();
    }
    // The two calls for a token.
    String named =
        call.has("appid")
            ? call.parameter("appid")
            : Json.read(call.body()).map(json -> json.path("appid").asText("")).orElse("");
    return tokens.appIds().contains(named) ? named : null;
  }

  private void seed() {
    ledger.replaceAll(options.subscriptions());
    faults.clear();
    options.faults().forEach(faults::add);
    pushes.reset();
  }

  private Answer answer(SandboxEndpoint endpoint, Call call, @Nullable Effect effect) {
    if (effect == null || effect.kind().processed()) {
      return process(endpoint, call).spoilt(effect);
    }
    return answers.instead(effect);
  }

  private Answer process(SandboxEndpoint endpoint, Call call) {
    Answer answer = answerTo(endpoint, call);
    return hosting.isOpenTo(call)
        ? answer.header(CloudHosting.SEQUENCE_HEADER, hosting.nextSequence())
        : answer;
  }

  private Answer answerTo(SandboxEndpoint endpoint, Call call) {
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
    if (endpoint.managesTemplates()) {
      throw new Refused(ErrorTexts.NOT_FOUND);
    }
    throw new Refused(
        switch (endpoint) {
          case TOKEN -> ErrorTexts.REQUIRE_GET;
          default -> ErrorTexts.REQUIRE_POST;
        });
  }
}
