package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code POST /cgi-bin/message/subscribe/send}. The order of the checks is WeChat's, inferred from
 * answers to requests with several errors: token, JSON, open id, template, subscription, page,
 * blacklist, values.
 */
final class SendEndpoint implements Endpoint {

  /** Wider than WeChat's 28 characters, so that tests can use names. */
  private static final Pattern OPEN_ID = Pattern.compile("[A-Za-z0-9_-]{1,128}");

  private final Access access;
  private final SecondLimit limit;
  private final AppTemplates templates;
  private final SubscriptionLedger ledger;
  private final MessageCheck check;
  private final OpenIdTurns turns;
  private final MagicOpenIds magic;
  private final Mailbox mailbox;
  private final Pushes pushes;
  private final Answers answers;
  private final SandboxOptions options;
  private final InstantSource clock;

  SendEndpoint(
      SandboxOptions options,
      InstantSource clock,
      Access access,
      AppTemplates templates,
      SubscriptionLedger ledger,
      OpenIdTurns turns,
      MagicOpenIds magic,
      Mailbox mailbox,
      Pushes pushes,
      Answers answers) {
    this.options = options;
    this.clock = clock;
    this.access = access;
    this.templates = templates;
    this.limit = new SecondLimit(options.sends().perSecond(), options.sends().overloadErrcode());
    this.ledger = ledger;
    this.check = new MessageCheck(options.sends());
    this.turns = turns;
    this.magic = magic;
    this.mailbox = mailbox;
    this.pushes = pushes;
    this.answers = answers;
  }

  @Override
  public Answer answer(Call call) throws Refused {
    String appId = access.enter(call, SandboxEndpoint.SEND);
    limit.take(appId, clock.instant());
    ObjectNode message = call.json();
    String openId = openId(message.path("touser"));
    OpenIdTurns.Key turn = new OpenIdTurns.Key(appId, openId);
    boolean alone = turns.enter(turn);
    Answer answer;
    try {
      if (!alone) {
        throw new Refused(ErrorTexts.CONCURRENT_SENDS);
      }
      answer = answerTo(appId, openId, message, call.body());
    } catch (Refused e) {
      answer = Answer.of(answers.error(e));
    }
    // The turn ends when the answer is written: a caller that has it may send again immediately.
    return answer.first(() -> turns.leave(turn));
  }

  private Answer answerTo(String appId, String openId, ObjectNode message, RawBody body)
      throws Refused {
    Optional<Effect> effect = magic.effect(appId, openId);
    if (effect.isPresent() && !effect.get().kind().processed()) {
      return answers.instead(effect.get());
    }
    return accept(appId, openId, message, body).spoilt(effect.orElse(null));
  }

  private Answer accept(String appId, String openId, ObjectNode message, RawBody body)
      throws Refused {
    SandboxTemplate template = templates.find(appId, message.path("template_id").asText(""));
    if (template == null) {
      throw new Refused(ErrorTexts.INVALID_TEMPLATE);
    }
    ledger.check(appId, openId, template.id());
    try {
      check.check(message, template);
    } catch (Refused e) {
      if (options.sends().failuresTakeCredit()) {
        ledger.take(appId, openId, template.id());
      }
      throw e;
    }
    ledger.take(appId, openId, template.id());
    AcceptedMessage accepted = mailbox.accept(appId, openId, template.id(), body);
    ObjectNode json = answers.ok();
    if (options.answers().msgid()) {
      json.put("msgid", accepted.msgid());
    }
    return Answer.accepting(accepted, json).after(pushes.accepted(accepted));
  }

  private static String openId(JsonNode touser) throws Refused {
    String openId = touser.isTextual() ? touser.textValue() : "";
    if (!OPEN_ID.matcher(openId).matches()) {
      throw new Refused(ErrorTexts.INVALID_OPEN_ID);
    }
    return openId;
  }
}
