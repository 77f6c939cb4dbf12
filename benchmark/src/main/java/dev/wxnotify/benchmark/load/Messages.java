package dev.wxnotify.benchmark.load;

import cn.binarywang.wx.miniapp.bean.WxMaSubscribeMessage;
import dev.wxnotify.v1.SubscribeMessage;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The message that all senders send: 242 bytes of protobuf and 366 bytes of JSON, with Chinese text
 * like a real one. Each goes to a different user, as in a campaign.
 */
final class Messages {
  private static final String TEMPLATE_ID = "9Aw5ZV1j9xdWTFEkqCpZ7mIBbSC34khK55OtzUPl0rU";
  private static final String PAGE = "pages/order/detail?id=20261124000017";
  private static final Map<String, String> DATA = new LinkedHashMap<>();

  static {
    DATA.put("character_string1", "A-20261124-1001");
    DATA.put("phrase2", "配送中");
    DATA.put("amount3", "￥18.50");
    DATA.put("thing5", "咖啡两杯，请到柜台领取");
  }

  private Messages() {}

  /** For the contract. */
  static SubscribeMessage proto(long index) {
    return SubscribeMessage.newBuilder()
        .setOpenId(openId(index))
        .setTemplateId(TEMPLATE_ID)
        .setPage(PAGE)
        .putAllData(DATA)
        .build();
  }

  /** For WxJava. */
  static WxMaSubscribeMessage wxJava(long index) {
    WxMaSubscribeMessage message = new WxMaSubscribeMessage();
    message.setToUser(openId(index));
    message.setTemplateId(TEMPLATE_ID);
    message.setPage(PAGE);
    message.setMiniprogramState("formal");
    message.setLang("zh_CN");
    DATA.forEach((name, value) -> message.addData(new WxMaSubscribeMessage.MsgData(name, value)));
    return message;
  }

  /** For the bare HTTP client, which always sends the same bytes. */
  static byte[] json() {
    StringBuilder json =
        new StringBuilder("{\"touser\":\"")
            .append(openId(0))
            .append("\",\"template_id\":\"")
            .append(TEMPLATE_ID)
            .append("\",\"page\":\"")
            .append(PAGE)
            .append("\",\"miniprogram_state\":\"formal\",\"lang\":\"zh_CN\",\"data\":{");
    String separator = "";
    for (Map.Entry<String, String> entry : DATA.entrySet()) {
      json.append(separator)
          .append('"')
          .append(entry.getKey())
          .append("\":{\"value\":\"")
          .append(entry.getValue())
          .append("\"}");
      separator = ",";
    }
    return json.append("}}").toString().getBytes(StandardCharsets.UTF_8);
  }

  /** An open id has 28 characters. */
  private static String openId(long index) {
    StringBuilder id = new StringBuilder("oBench0000000000000000000000");
    String number = Long.toString(index);
    id.replace(id.length() - number.length(), id.length(), number);
    return id.toString();
  }
}
