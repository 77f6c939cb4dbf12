package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.server.message.InvalidMessageException;
import dev.wxnotify.server.message.Language;
import dev.wxnotify.server.message.MiniProgramState;
import dev.wxnotify.server.message.SeckillMessage;
import dev.wxnotify.server.message.SeckillTemplate;
import dev.wxnotify.server.message.SubscribeMessage;
import dev.wxnotify.server.message.Violation;
import dev.wxnotify.server.template.TemplateList;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns requests of the contract into messages of the core, and finds everything that is wrong with
 * them at once. Of an app that the current caller may not use it says nothing more.
 */
final class RequestMapper {
  static final int MAX_REQUEST_ID = 64;

  /**
   * Stands in for the configuration of an app that is not known, so that the other fields are
   * checked all the same.
   */
  private static final SeckillTemplate NO_APP =
      new SeckillTemplate("-", "-", "thing1", "time2", "thing3", "-");

  private final Apps apps;

  RequestMapper(Apps apps) {
    this.apps = apps;
  }

  MappedMessage map(SendSubscribeMessageRequest request) {
    return request.hasMessage()
        ? subscribe(request.getMessage(), "message", request.getRequestId())
        : missing("message", request.getRequestId());
  }

  MappedMessage map(SendSeckillMessageRequest request) {
    return request.hasMessage()
        ? seckill(request.getMessage(), "message", request.getRequestId())
        : missing("message", request.getRequestId());
  }

  MappedMessage map(BatchSendRequest item) {
    return switch (item.getMessageCase()) {
      case SUBSCRIBE_MESSAGE ->
          subscribe(item.getSubscribeMessage(), "subscribe_message", item.getRequestId());
      case SECKILL_MESSAGE ->
          seckill(item.getSeckillMessage(), "seckill_message", item.getRequestId());
      case MESSAGE_NOT_SET -> missing("subscribe_message or seckill_message", item.getRequestId());
    };
  }

  private static MappedMessage missing(String field, String requestId) {
    List<Violation> violations = new ArrayList<>();
    violations.add(new Violation(field, "is required"));
    checkRequestId(requestId, violations);
    return new MappedMessage.Invalid(violations);
  }

  private MappedMessage subscribe(
      dev.wxnotify.v1.SubscribeMessage proto, String path, String requestId) {
    return check(
        path,
        proto.getAppId(),
        requestId,
        state(proto.getMiniProgramState()),
        language(proto.getLanguage()),
        new Maker() {
          @Override
          public SubscribeMessage make(MessageContext context) {
            return new SubscribeMessage(
                proto.getOpenId(),
                proto.getTemplateId(),
                proto.getPage(),
                proto.getDataMap(),
                context.state,
                context.language);
          }

          @Override
          public List<Violation> againstTemplate(TemplateList templates, MessageContext context) {
            return templates.check(proto.getTemplateId(), proto.getDataMap());
          }

          @Override
          public Violation inCallersTerms(Violation violation, MessageContext context) {
            return violation;
          }
        });
  }

  private MappedMessage seckill(
      dev.wxnotify.v1.SeckillMessage proto, String path, String requestId) {
    return check(
        path,
        proto.getAppId(),
        requestId,
        state(proto.getMiniProgramState()),
        language(proto.getLanguage()),
        new Maker() {
          @Override
          public SubscribeMessage make(MessageContext context) {
            return context.seckill.fill(message(context));
          }

          @Override
          public List<Violation> againstTemplate(TemplateList templates, MessageContext context) {
            SeckillMessage message = message(context);
            return templates.check(
                context.seckill.templateOf(message), context.seckill.data(message));
          }

          @Override
          public Violation inCallersTerms(Violation violation, MessageContext context) {
            return context.seckill.inCallersTerms(violation);
          }

          private SeckillMessage message(MessageContext context) {
            return new SeckillMessage(
                proto.getOpenId(),
                proto.getTemplateId(),
                proto.getGoodsName(),
                proto.getTime(),
                proto.getCorpId(),
                proto.getCustomerId(),
                context.state,
                context.language);
          }
        });
  }

  /** Makes the message of a request; it knows the kind of message. */
  private interface Maker {
    /** Makes it, or throws with every rule of its own that is broken. */
    SubscribeMessage make(MessageContext context);

    /** Returns what the template says against a message that cannot be made. */
    List<Violation> againstTemplate(TemplateList templates, MessageContext context);

    /** Names the caller's own field where the template names a keyword that is made from one. */
    Violation inCallersTerms(Violation violation, MessageContext context);
  }

  /**
   * What a message is made of beside its own fields; stand-ins where those are wrong, which is
   * reported anyway.
   */
  private record MessageContext(
      SeckillTemplate seckill, MiniProgramState state, Language language) {}

  private MappedMessage check(
      String path,
      String appId,
      String requestId,
      @Nullable MiniProgramState state,
      @Nullable Language language,
      Maker maker) {
    App app = apps.find(appId);
    boolean namesApp = app != null || !appId.isEmpty();
    if (namesApp && !Caller.current().mayUse(app == null ? appId : app.appId())) {
      return new MappedMessage.NotAllowed(appId);
    }
    List<Violation> violations = new ArrayList<>(0);
    if (app == null) {
      violations.add(unknownApp(path + ".app_id", appId));
    }
    if (state == null) {
      violations.add(new Violation(path + ".mini_program_state", "is not a known value"));
    }
    if (language == null) {
      violations.add(new Violation(path + ".language", "is not a known value"));
    }
    checkRequestId(requestId, violations);
    MessageContext context =
        new MessageContext(
            app == null ? NO_APP : app.seckill(),
            state == null ? MiniProgramState.FORMAL : state,
            language == null ? Language.ZH_CN : language);
    SubscribeMessage message = null;
    try {
      message = maker.make(context);
    } catch (InvalidMessageException e) {
      e.violations().forEach(violation -> add(violation, path, violations));
    }
    if (app != null) {
      TemplateList templates = app.templates();
      List<Violation> found =
          message == null
              ? maker.againstTemplate(templates, context)
              : templates.check(message.templateId(), message.data());
      for (Violation violation : found) {
        add(maker.inCallersTerms(violation, context), path, violations);
      }
    }
    return app != null && message != null && violations.isEmpty()
        ? new MappedMessage.Valid(app, message)
        : new MappedMessage.Invalid(violations);
  }

  /** Describes an app id for which there is no app. */
  static Violation unknownApp(String field, String appId) {
    return new Violation(
        field,
        appId.isEmpty()
            ? "is required: the server has several apps and none of them is the default"
            : "is not an app of this server");
  }

  private static void add(Violation violation, String path, List<Violation> violations) {
    violations.add(new Violation(path + "." + violation.field(), violation.description()));
  }

  private static void checkRequestId(String requestId, List<Violation> violations) {
    if (requestId.length() > MAX_REQUEST_ID) {
      violations.add(
          new Violation(
              "request_id",
              "has " + requestId.length() + " characters (at most " + MAX_REQUEST_ID + ")"));
    }
  }

  private static @Nullable MiniProgramState state(dev.wxnotify.v1.MiniProgramState proto) {
    return switch (proto) {
      case MINI_PROGRAM_STATE_DEVELOPER -> MiniProgramState.DEVELOPER;
      case MINI_PROGRAM_STATE_TRIAL -> MiniProgramState.TRIAL;
      case MINI_PROGRAM_STATE_UNSPECIFIED, MINI_PROGRAM_STATE_FORMAL -> MiniProgramState.FORMAL;
      case UNRECOGNIZED -> null;
    };
  }

  private static @Nullable Language language(dev.wxnotify.v1.Language proto) {
    return switch (proto) {
      case LANGUAGE_UNSPECIFIED, LANGUAGE_ZH_CN -> Language.ZH_CN;
      case LANGUAGE_EN_US -> Language.EN_US;
      case LANGUAGE_ZH_HK -> Language.ZH_HK;
      case LANGUAGE_ZH_TW -> Language.ZH_TW;
      case UNRECOGNIZED -> null;
    };
  }
}
