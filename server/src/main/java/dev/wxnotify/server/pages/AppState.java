package dev.wxnotify.server.pages;

import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.template.Template;
import dev.wxnotify.server.token.TokenStatus;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * One app.
 *
 * @param appId its AppID
 * @param name the operator's name for it; its AppID where there is none
 * @param isDefault whether messages without an app belong to it
 * @param canSend whether WeChat lets it send, as far as is known
 * @param troubles what does not work, for people
 * @param token the state of its token, without the token; for {@code callsLeft} see {@link
 *     #callsPerHour}
 * @param callsPerHour how many token calls the budget allows in an hour
 * @param pace the messages per second that its batches may send; empty for no limit
 * @param paceWaiting how many of its batches wait because of that
 * @param quotaError what WeChat said when the quota of the day was used up; null while it is not
 * @param templatesAt when WeChat last listed the templates; null for never
 * @param templatesTrouble why the last try to list them failed; empty if it did not
 * @param templates the templates, in WeChat's order
 * @param seckillTemplateId the template of flash-sale reminders; empty for none
 * @param push how its pushes arrive; null where they are not accepted
 */
public record AppState(
    String appId,
    String name,
    boolean isDefault,
    boolean canSend,
    List<String> troubles,
    TokenStatus token,
    int callsPerHour,
    OptionalDouble pace,
    int paceWaiting,
    @Nullable WeChatError quotaError,
    @Nullable Instant templatesAt,
    String templatesTrouble,
    List<Template> templates,
    String seckillTemplateId,
    @Nullable PushState push) {

  /**
   * How pushes of an app arrive.
   *
   * @param path the path of its push URL
   * @param mode {@code safe} or {@code plain}
   * @param isKeyWrong whether the last encrypted push could not be decrypted
   * @param isForwarded whether other pushes are passed on
   */
  public record PushState(String path, String mode, boolean isKeyWrong, boolean isForwarded) {}
}
