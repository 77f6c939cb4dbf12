package foreign;

import cn.binarywang.wx.miniapp.api.WxMaOpenApiService;
import cn.binarywang.wx.miniapp.api.WxMaService;
import cn.binarywang.wx.miniapp.api.WxMaSubscribeService;
import cn.binarywang.wx.miniapp.api.impl.WxMaServiceImpl;
import cn.binarywang.wx.miniapp.bean.WxMaSubscribeMessage;
import cn.binarywang.wx.miniapp.config.impl.WxMaDefaultConfigImpl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import me.chanjar.weixin.common.error.WxErrorException;

/** Uses WxJava as an application does, and checks each answer. */
public final class WxJava {

  private static final String APP_ID = "wxsandbox000000001";
  private static final String SECRET = "not-a-secret-only-for-the-sandbox";
  private static final String SEND = "/cgi-bin/message/subscribe/send";

  private final String sandbox;
  private final WxMaService service = new WxMaServiceImpl();

  private interface Call {
    void run() throws WxErrorException;
  }

  private WxJava(String sandbox, boolean stableToken) {
    this.sandbox = sandbox;
    WxMaDefaultConfigImpl config = new WxMaDefaultConfigImpl();
    config.setAppid(APP_ID);
    config.setSecret(SECRET);
    config.setApiHostUrl(sandbox);
    config.useStableAccessToken(stableToken);
    service.setWxMaConfig(config);
  }

  public static void main(String[] args) throws Exception {
    allowLoopbackOnly();
    for (boolean stableToken : new boolean[] {false, true}) {
      WxJava client = new WxJava("http://" + args[0], stableToken);
      client.control("/sandbox/reset", "");
      client.manageTemplates();
      client.meetErrors();
      client.outliveAToken();
      client.askAboutCalls();
      System.out.println("WxJava works, with a " + (stableToken ? "stable" : "classic") + " token");
    }
  }

  /** From here on no name but localhost has an address. */
  private static void allowLoopbackOnly() throws IOException {
    Path hosts = Files.createTempFile("hosts", "");
    Files.writeString(hosts, "127.0.0.1 localhost\n");
    System.setProperty("jdk.net.hosts.file", hosts.toString());
    try {
      throw new IllegalStateException("it is " + InetAddress.getByName("api.weixin.qq.com"));
    } catch (UnknownHostException e) {
      // As it should be.
    } finally {
      hosts.toFile().deleteOnExit();
    }
  }

  private void manageTemplates() throws Exception {
    WxMaSubscribeService templates = service.getSubscribeService();
    var category = templates.getCategory().get(0);
    equal(616, category.getId());
    equal("公交", category.getName());

    var titles = templates.getPubTemplateTitleList(new String[] {"2", "616"}, 0, 30);
    equal(4, titles.getCount());
    equal(99, titles.getData().get(0).getTid());
    equal("付款成功通知", titles.getData().get(0).getTitle());
    equal(2, titles.getData().get(0).getType());
    equal("616", titles.getData().get(0).getCategoryId());
    equal(1, templates.getPubTemplateTitleList(new String[] {"616"}, 1, 1).getData().size());

    var keywords = templates.getPubTemplateKeyWordsById("99");
    equal(6, keywords.size());
    equal(1, keywords.get(0).getKid());
    equal("物品名称", keywords.get(0).getName());
    equal("月票", keywords.get(0).getExample());
    equal("thing", keywords.get(0).getRule());

    String id = templates.addTemplate("99", List.of(3, 1), "买票");
    equal(43, id.length());
    var added = templates.getTemplateList().get(3);
    equal(id, added.getPriTmplId());
    equal("付款成功通知", added.getTitle());
    equal("付款时间:{{date3.DATA}}\n物品名称:{{thing1.DATA}}\n", added.getContent());
    equal("付款时间:2026年11月24日 15:01\n物品名称:月票\n", added.getExample());
    equal(2, added.getType());

    templates.sendSubscribeMsg(ticket("wxjava-user", id));
    equal(true, control("/sandbox/messages?open_id=wxjava-user").contains(id));
    service.getMsgService().sendSubscribeMsg(ticket("wxjava-user", id));

    equal(true, templates.delTemplate(id));
    equal(3, templates.getTemplateList().size());
    refused(40037, () -> templates.sendSubscribeMsg(ticket("wxjava-user", id)));
    refused(20001, () -> templates.delTemplate(id));
  }

  private void meetErrors() throws Exception {
    WxMaSubscribeService templates = service.getSubscribeService();
    refused(200014, () -> templates.addTemplate("7", List.of(1, 2), "x"));
    refused(200020, () -> templates.addTemplate("99", List.of(1), "x"));
    refused(200021, () -> templates.addTemplate("99", List.of(1, 2), "x".repeat(16)));
    String id = templates.addTemplate("99", List.of(1, 3), "x");
    refused(200022, () -> templates.addTemplate("99", List.of(1, 3), "x"));
    refused(200017, () -> templates.getPubTemplateTitleList(new String[] {"616"}, 0, 31));
    refused(200019, () -> templates.getPubTemplateTitleList(new String[] {"7"}, 0, 30));
    refused(43101, () -> templates.sendSubscribeMsg(ticket("sandbox-43101", id)));
    refused(40003, () -> templates.sendSubscribeMsg(ticket("no open id", id)));
    WxMaSubscribeMessage tooLong = ticket("wxjava-user", id);
    tooLong.getData().get(1).setValue("x".repeat(21));
    equal(
        "argument invalid! data.thing1.value invalid",
        refused(47003, () -> templates.sendSubscribeMsg(tooLong)).split(" rid: ")[0]);
  }

  /** WxJava fetches a new token when WeChat rejects the one that it has. */
  private void outliveAToken() throws Exception {
    control("/sandbox/tokens/revoke", "{\"app_id\":\"" + APP_ID + "\",\"mode\":\"superseded\"}");
    equal(616, service.getSubscribeService().getCategory().get(0).getId());
  }

  private void askAboutCalls() throws Exception {
    var calls = service.getWxMaOpenApiService();
    control("/sandbox/reset", "");
    String text =
        refused(
            40037, () -> service.getSubscribeService().sendSubscribeMsg(ticket("someone", "none")));
    String rid = text.substring(text.indexOf("rid: ") + "rid: ".length());
    var request = calls.getRidInfo(rid);
    equal("access_token=********", request.getRequestUrl());
    equal(true, request.getRequestBody().contains("\"touser\":\"someone\""));
    equal(true, request.getResponseBody().contains(rid));
    equal("127.xx.0.1", request.getClientIp());
    refused(76001, () -> calls.getRidInfo("00000000-00000000-00000000"));
    refused(76002, () -> calls.getRidInfo("none"));

    quota(calls, "dailyLimit=10000000, used=1, remain=9999999");
    refused(76021, () -> calls.getApiQuota("/cgi-bin/none"));
    refused(76022, () -> calls.getApiQuota("/sns/jscode2session"));
    equal(true, calls.clearQuota());
    quota(calls, "dailyLimit=10000000, used=0, remain=10000000");
    equal(true, calls.clearQuotaByAppSecret());
  }

  /** The class of the numbers is not public, so that only their text can be read. */
  private static void quota(WxMaOpenApiService calls, String expected) throws WxErrorException {
    String seen = String.valueOf(calls.getApiQuota(SEND));
    if (!seen.contains("(" + expected + ")")) {
      throw new IllegalStateException(seen + " (expected: " + expected + ")");
    }
  }

  private static WxMaSubscribeMessage ticket(String openId, String templateId) {
    return WxMaSubscribeMessage.builder()
        .toUser(openId)
        .templateId(templateId)
        .page("pages/index")
        .data(
            new ArrayList<>(
                List.of(
                    new WxMaSubscribeMessage.MsgData("date3", "2026-11-24"),
                    new WxMaSubscribeMessage.MsgData("thing1", "月票"))))
        .build();
  }

  /** A call of the sandbox itself. */
  private String control(String path, String... body) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(sandbox + path));
    if (body.length > 0) {
      request.POST(HttpRequest.BodyPublishers.ofString(body[0]));
    }
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString()).body();
  }

  /** Returns WeChat's text. */
  private static String refused(int errcode, Call call) {
    try {
      call.run();
    } catch (WxErrorException e) {
      equal(errcode, e.getError().getErrorCode());
      return e.getError().getErrorMsgEn() != null
          ? e.getError().getErrorMsgEn()
          : e.getError().getErrorMsg();
    }
    throw new IllegalStateException("accepted (expected: " + errcode + ")");
  }

  private static void equal(Object expected, Object seen) {
    if (!Objects.equals(expected, seen)) {
      throw new IllegalStateException(seen + " (expected: " + expected + ")");
    }
  }
}
