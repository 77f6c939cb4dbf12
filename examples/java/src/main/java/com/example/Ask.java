package com.example;

import dev.wxnotify.client.NotificationClient;
import dev.wxnotify.client.TokenClient;
import dev.wxnotify.v1.GetAccessTokenResponse;
import dev.wxnotify.v1.GetTemplateRequest;
import dev.wxnotify.v1.Keyword;
import dev.wxnotify.v1.Template;

/** Shows the keywords of a template, and gets the app's access token for other calls of WeChat. */
public final class Ask {
  private Ask() {}

  public static void main(String[] args) {
    if (args.length != 3) {
      System.err.println("usage: Ask HOST:PORT TEMPLATE_ID ERRCODE");
      System.exit(64);
    }
    try (NotificationClient client = NotificationClient.builder(args[0]).plaintext().build()) {
      showKeywords(client, args[1]);
      useToken(client.tokens(), Integer.parseInt(args[2]));
    }
  }

  private static void showKeywords(NotificationClient client, String templateId) {
    GetTemplateRequest request = GetTemplateRequest.newBuilder().setTemplateId(templateId).build();
    Template template = client.templates().get(request).getTemplate();
    for (Keyword keyword : template.getKeywordsList()) {
      System.out.println(
          keyword.getKey() + " " + keyword.getLabel() + " " + keyword.getEnumValuesList());
    }
  }

  private static void useToken(TokenClient tokens, int errcode) {
    GetAccessTokenResponse token = tokens.get();
    // Never print the access token itself.
    System.out.println(
        "token " + token.getFingerprint() + " for " + token.getExpiresIn().getSeconds() + " s");
    // In real life: what WeChat answered to a call with the access token.
    if (errcode == 40001 || errcode == 40014 || errcode == 42001) {
      tokens.reject(token.getFingerprint(), errcode);
      System.out.println("refused, now " + tokens.get().getFingerprint());
    }
  }
}
