package dev.wxnotify.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** A program that WeChat pushes to. It does its own cryptography, with the JDK's classes only. */
final class PushReceiver implements AutoCloseable {

  static final String TOKEN = "sandboxtoken";
  static final String KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

  /** What came. */
  record Received(Map<String, String> query, String contentType, String body) {

    /** A parameter of the query; empty if it is missing. */
    String parameter(String name) {
      return query.getOrDefault(name, "");
    }
  }

  /** What goes back. */
  record Reply(int status, String body) {}

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private final List<Received> posts = new CopyOnWriteArrayList<>();
  private final List<Received> gets = new CopyOnWriteArrayList<>();
  private volatile Function<Received, Reply> answers = post -> new Reply(200, "success");
  private volatile Function<Received, Reply> echoes =
      get -> new Reply(200, get.query().getOrDefault("echostr", ""));

  PushReceiver() throws IOException {
    this(0);
  }

  PushReceiver(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
    server.setExecutor(threads);
    server.createContext("/wechat", this::handle);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/wechat/shop");
  }

  void answer(Function<Received, Reply> answers) {
    this.answers = answers;
  }

  void echo(Function<Received, Reply> echoes) {
    this.echoes = echoes;
  }

  /** The pushes, in the order in which they came. */
  List<Received> posts() {
    return posts;
  }

  List<Received> gets() {
    return gets;
  }

  /** Decrypts a frame, padding included. */
  static byte[] decrypt(String encrypted) throws Exception {
    byte[] key = Base64.getDecoder().decode(KEY);
    Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
    cipher.init(
        Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(key, 0, 16));
    return cipher.doFinal(Base64.getDecoder().decode(encrypted.trim()));
  }

  /** The text in a padded frame. */
  static String textIn(byte[] padded) {
    int length = ByteBuffer.wrap(padded).getInt(16);
    return new String(padded, 20, length, UTF_8);
  }

  /** The AppID in a padded frame. */
  static String appIn(byte[] padded) {
    int length = ByteBuffer.wrap(padded).getInt(16);
    int end = padded.length - padded[padded.length - 1];
    return new String(Arrays.copyOfRange(padded, 20 + length, end), UTF_8);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    Map<String, String> query = new LinkedHashMap<>();
    for (String pair : exchange.getRequestURI().getRawQuery().split("&", -1)) {
      String[] parts = pair.split("=", 2);
      query.put(parts[0], parts[1]);
    }
    String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
    Received received =
        new Received(query, type, new String(exchange.getRequestBody().readAllBytes(), UTF_8));
    Reply reply;
    if (exchange.getRequestMethod().equals("GET")) {
      gets.add(received);
      reply = echoes.apply(received);
    } else {
      posts.add(received);
      reply = answers.apply(received);
    }
    byte[] body = reply.body().getBytes(UTF_8);
    exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
