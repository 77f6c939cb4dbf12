package dev.wxnotify.server.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Writes one answer to one connection, in order or spoilt as the answer asks. */
final class Delivery implements Runnable {

  private static final String GATEWAY_HTML = "text/html";

  /** What WeChat labelled an empty answer with. */
  private static final String CHINESE_HTML = "text/html; charset=gbk";

  private static final int PADDING = 8 * 1024 * 1024;

  /** Time for the first half of an answer to arrive before the reset. */
  private static final int HALF_ANSWER_MILLIS = 50;

  private final ChannelHandlerContext ctx;
  private final Answer answer;
  private final boolean keepAlive;
  private final Runnable done;

  /**
   * @param done runs once the connection is ready for the next request, which it never is after
   *     some effects
   */
  Delivery(ChannelHandlerContext ctx, Answer answer, boolean keepAlive, Runnable done) {
    this.ctx = ctx;
    this.answer = answer;
    this.keepAlive = keepAlive;
    this.done = done;
  }

  @Override
  public void run() {
    answer.beforeWrite().run();
    Effect effect = answer.effect();
    if (effect == null) {
      write(answer.status(), answer.contentType(), Json.write(answer.json()));
      return;
    }
    switch (effect.kind()) {
      case ERRCODE, LATENCY -> write(Json.write(answer.json()));
      case HTTP -> write(effect.argument(), GATEWAY_HTML, page(effect.argument()));
      case EMPTY_BODY -> write(200, CHINESE_HTML, new byte[0]);
      case TRUNCATED -> write(firstHalf(Json.write(answer.json())));
      case MALFORMED_JSON -> write(bytes("{errcode:0,errmsg:ok"));
      case RESET_BEFORE, RESET_AFTER -> reset();
      case NO_ANSWER -> {}
      case HALF_ANSWER -> writeHalf(Json.write(answer.json()));
      case WRONG_CONTENT_TYPE -> write(200, CHINESE_HTML, Json.write(answer.json()));
      case OVERSIZED_BODY -> write(padded(answer.json()));
      case NO_ERRCODE -> write(Json.write(withoutErrcode(answer.json())));
      case ERRCODE_TEXT -> write(Json.write(inCloudForm(answer.json())));
    }
  }

  private void write(byte[] body) {
    write(200, Answer.WECHAT_JSON, body);
  }

  private void write(int status, String contentType, byte[] body) {
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(body));
    setHeaders(response, contentType, body.length);
    var written = ctx.writeAndFlush(response);
    if (keepAlive) {
      done.run();
    } else {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void writeHalf(byte[] body) {
    var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    setHeaders(head, Answer.WECHAT_JSON, body.length);
    var unused = ctx.write(head);
    unused = ctx.writeAndFlush(Unpooled.wrappedBuffer(firstHalf(body)));
    var unusedToo = ctx.executor().schedule(this::reset, HALF_ANSWER_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void setHeaders(HttpResponse response, String contentType, int length) {
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, contentType)
        .set(HttpHeaderNames.CONTENT_LENGTH, length)
        .set(
            HttpHeaderNames.CONNECTION,
            keepAlive ? HttpHeaderValues.KEEP_ALIVE : HttpHeaderValues.CLOSE);
  }

  /** A close without linger is a reset (RST) on the wire. */
  private void reset() {
    ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
    var unused = ctx.close();
  }

  private static byte[] firstHalf(byte[] body) {
    return Arrays.copyOf(body, body.length / 2);
  }

  private static byte[] page(int status) {
    String title = HttpResponseStatus.valueOf(status).toString();
    return bytes(
        "<html>\r\n<head><title>%1$s</title></head>\r\n<body><center><h1>%1$s</h1></center></body>\r\n</html>\r\n"
            .formatted(title));
  }

  private static byte[] padded(ObjectNode json) {
    return Json.write(json.deepCopy().put("padding", "x".repeat(PADDING)));
  }

  private static ObjectNode withoutErrcode(ObjectNode json) {
    return json.deepCopy().without(List.of("errcode", "errmsg"));
  }

  private static ObjectNode inCloudForm(ObjectNode json) {
    ObjectNode cloud = withoutErrcode(json);
    int errcode = json.path("errcode").asInt();
    String result = errcode == 0 ? "ok" : "fail " + json.path("errmsg").asText();
    return cloud
        .put("errCode", String.valueOf(errcode))
        .put("errMsg", "openapi.subscribeMessage.send:" + result);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
