package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The control calls that change something. */
final class ControlChanges {

  private static final Set<String> FAULT_FIELDS =
      Set.of("endpoint", "what", "count", "every", "probability", "seed");
  private static final Set<String> REVOKE_FIELDS = Set.of("app_id", "kind", "mode");
  private static final Set<String> SUBSCRIPTION_FIELDS =
      Set.of("app_id", "open_id", "template_id", "kind", "credits");

  private static final Set<String> HOSTING_FIELDS = Set.of("mode");

  /** Stands for one that is wrong. */
  private static final Effect ANY_EFFECT = Effect.of(EffectKind.RESET_BEFORE);

  private final FakeWeChat weChat;

  ControlChanges(FakeWeChat weChat) {
    this.weChat = weChat;
  }

  ObjectNode addFault(Call call) throws ControlError {
    return addFault(ControlFields.of(call, FAULT_FIELDS));
  }

  /** The same for a form. */
  ObjectNode addFault(ObjectNode form) throws ControlError {
    return addFault(ControlFields.of(form, FAULT_FIELDS));
  }

  private ObjectNode addFault(ControlFields fields) throws ControlError {
    Mistakes mistakes = new Mistakes();
    SandboxEndpoint endpoint = mistakes.<@Nullable SandboxEndpoint>or(null, () -> endpoint(fields));
    Effect effect = mistakes.or(ANY_EFFECT, () -> effect(fields));
    int count = mistakes.or(0, () -> fields.atLeast(0, "count", 0));
    int every = mistakes.or(1, () -> fields.atLeast(1, "every", 1));
    double probability = mistakes.or(1.0, () -> fields.probability("probability"));
    int seed = mistakes.or(0, () -> fields.integer("seed", 0));
    mistakes.check();
    try {
      weChat.faults().add(new Fault(endpoint, effect, count, every, probability, seed));
    } catch (IllegalArgumentException e) {
      // Each value alone is valid: the effect is not possible at the endpoint.
      throw ControlError.badField("endpoint", String.valueOf(e.getMessage()));
    }
    return Json.object().put("faults", weChat.faults().list().size());
  }

  /** Ends one fault, as {@link Fault#toString} writes it; it may have ended by itself. */
  void removeFault(String written) {
    weChat.faults().remove(written);
  }

  ObjectNode clearFaults() {
    weChat.faults().clear();
    return Json.object().put("faults", 0);
  }

  ObjectNode revoke(Call call) throws ControlError {
    return revoke(ControlFields.of(call, REVOKE_FIELDS));
  }

  /** The same for a form. */
  ObjectNode revoke(ObjectNode form) throws ControlError {
    return revoke(ControlFields.of(form, REVOKE_FIELDS));
  }

  private ObjectNode revoke(ControlFields fields) throws ControlError {
    Mistakes mistakes = new Mistakes();
    String appId = mistakes.or("", () -> appId(fields));
    TokenKind kind =
        mistakes.<@Nullable TokenKind>or(
            null, () -> fields.has("kind") ? fields.constant("kind", TokenKind.class) : null);
    RevokeMode mode = mistakes.or(RevokeMode.DEAD, () -> fields.constant("mode", RevokeMode.class));
    mistakes.check();
    return Json.object().put("revoked", weChat.tokens().revoke(appId, kind, mode));
  }

  ObjectNode refreshHosting() throws ControlError {
    try {
      hosting().refresh();
    } catch (IOException e) {
      throw ControlError.badField("cloudbase-file", "cloudbase-file: cannot be written");
    }
    return Json.object().put("refreshed", true);
  }

  ObjectNode revokeHosting(Call call) throws ControlError {
    return revokeHosting(ControlFields.of(call, HOSTING_FIELDS));
  }

  /** The same for a form. */
  ObjectNode revokeHosting(ObjectNode form) throws ControlError {
    return revokeHosting(ControlFields.of(form, HOSTING_FIELDS));
  }

  private ObjectNode revokeHosting(ControlFields fields) throws ControlError {
    RevokeMode mode = fields.constant("mode", RevokeMode.class);
    try {
      hosting().revoke(mode);
    } catch (IOException e) {
      throw ControlError.badField("cloudbase-file", "cloudbase-file: cannot be written");
    }
    return Json.object().put("revoked", true);
  }

  private CloudHosting hosting() throws ControlError {
    if (!weChat.hosting().hasFile()) {
      throw ControlError.badField(
          "cloudbase-file", "cloudbase-file: none (expected: a sandbox that was started with it)");
    }
    return weChat.hosting();
  }

  ObjectNode subscribe(Call call) throws ControlError {
    ControlFields fields = ControlFields.of(call, SUBSCRIPTION_FIELDS);
    Subscription.Kind kind = fields.constant("kind", Subscription.Kind.class);
    boolean oneTime = kind == Subscription.Kind.ONE_TIME;
    int credits = fields.atLeast(0, "credits", oneTime ? 1 : 0);
    if (!oneTime && credits != 0) {
      throw ControlError.badField("credits", "credits: only a one_time subscription has them");
    }
    String templateId = fields.text("template_id");
    if (weChat.templates().stream().noneMatch(t -> t.id().equals(templateId))) {
      throw ControlError.badField("template_id", "template_id: " + templateId + " (unknown)");
    }
    weChat.subscribe(
        new Subscription(appId(fields), fields.text("open_id"), templateId, kind, credits));
    return Json.object().put("credits", credits);
  }

  ObjectNode reset() {
    weChat.reset();
    return Json.object().put("reset", true);
  }

  private String appId(ControlFields fields) throws ControlError {
    return known(fields.text("app_id"), weChat.tokens().appIds());
  }

  /** The app that the call names, or else the only one. */
  static String appOrOnly(ControlFields fields, Set<String> apps) throws ControlError {
    return !fields.has("app_id") && apps.size() == 1
        ? apps.iterator().next()
        : known(fields.text("app_id"), apps);
  }

  private static String known(String appId, Set<String> apps) throws ControlError {
    if (!apps.contains(appId)) {
      throw ControlError.badField(
          "app_id", "app_id: " + appId + " (expected: one of " + apps + ")");
    }
    return appId;
  }

  private static @Nullable SandboxEndpoint endpoint(ControlFields fields) throws ControlError {
    try {
      return FaultText.endpoint(fields.has("endpoint") ? fields.text("endpoint") : FaultText.ANY);
    } catch (IllegalArgumentException e) {
      throw ControlError.badField("endpoint", String.valueOf(e.getMessage()));
    }
  }

  private static Effect effect(ControlFields fields) throws ControlError {
    try {
      return Effect.parse(fields.text("what"));
    } catch (IllegalArgumentException e) {
      throw ControlError.badField("what", String.valueOf(e.getMessage()));
    }
  }
}
