package dev.wxnotify.server.push;

/** Encrypted texts: WeChat's own, and one with a whole block of padding. */
final class Vectors {
  /** Of WeChat's page; the key is 43 times A, the app wxba5fad812f8e6fb9, the padding 19. */
  static final String V1 =
      "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcv"
          + "ZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuM"
          + "cp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWyg"
          + "b3VIYnSeOBrebufAlr7F9mFUPAJGj04=";

  /** What {@link #V1} holds. */
  static final String V1_TEXT =
      "{\"ToUserName\":\"gh_97417a04a28d\",\"FromUserName\":\"o9AgO5Kd5ggOC-bXrbNODIiE3bGY\","
          + "\"CreateTime\":1714112445,\"MsgType\":\"event\",\"Event\":\"debug_demo\","
          + "\"debug_str\":\"hello world\"}";

  /** An answer of WeChat's page; the same key and app, the padding 1. */
  static final String V2 =
      "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==";

  /** Of Tencent's sample code; a key whose last character has bits to spare. */
  static final String V3 =
      "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg==";

  /** The same key and app as {@link #V3}; the padding is 32. */
  static final String V4 =
      "jn1L23DB+6ELqJ+6bruv2+8UPZeEZDIMsbc/oFIdVcQpg3fsbBasssP+kvloC6kVwVU+f4cngnR8CNjCcejmQ1xxH3A0"
          + "DAXYYX6jIpGfkHNxWqma8QlcshVBckRj1DBR";

  static final String ZERO_KEY = "A".repeat(43);
  static final String V1_APP = "wxba5fad812f8e6fb9";
  static final String V3_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
  static final String V3_APP = "wxb11529c136998cb6";

  private Vectors() {}
}
