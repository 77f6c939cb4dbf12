package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.SandboxClient.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateManagementTest {

  private Sandbox sandbox;
  private SandboxClient client;
  private String token;

  @BeforeEach
  void start() throws Exception {
    start(SandboxOptions.defaults());
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  private void start(SandboxOptions options) throws Exception {
    sandbox = Sandbox.start(options);
    client = new SandboxClient(sandbox);
    token = client.stableToken();
  }

  private void restart(TemplateRules rules) throws Exception {
    sandbox.close();
    start(SandboxOptions.builder().templateRules(rules).build());
  }

  private String path(String call) {
    return "/wxaapi/newtmpl/" + call + "?access_token=" + token;
  }

  private JsonNode add(String form) throws Exception {
    return client.postForm(path("addtemplate"), form);
  }

  private JsonNode addJson(String json) throws Exception {
    return client.post(path("addtemplate"), json.replace('\'', '"'));
  }

  private JsonNode delete(String id) throws Exception {
    return client.post(path("deltemplate"), "{\"priTmplId\":\"" + id + "\"}");
  }

  private List<String> ids() throws Exception {
    List<String> ids = new ArrayList<>();
    client
        .get(path("gettemplate"))
        .path("data")
        .forEach(template -> ids.add(template.path("priTmplId").asText()));
    return ids;
  }

  private static int errcode(JsonNode answer) {
    return answer.path("errcode").asInt();
  }

  @Test
  void categories_haveIdAndName() throws Exception {
    assertThat(client.get(path("getcategory")).toString())
        .startsWith("{\"errcode\":0,\"errmsg\":\"ok\",\"data\":[{\"id\":616,\"name\":\"公交\"}");
  }

  @Test
  void titles_ofACategory_arePaged() throws Exception {
    JsonNode all = client.get(path("getpubtemplatetitles") + "&ids=2,616&start=0&limit=30");
    JsonNode second = client.get(path("getpubtemplatetitles") + "&ids=616&start=1&limit=1");
    JsonNode beyond = client.get(path("getpubtemplatetitles") + "&ids=616&start=9&limit=1");

    assertThat(all.path("count").asInt()).isEqualTo(TemplateLibrary.TEMPLATES.size());
    assertThat(all.path("data").get(0).toString())
        .isEqualTo("{\"tid\":99,\"title\":\"付款成功通知\",\"type\":2,\"categoryId\":\"616\"}");
    assertThat(second.path("count").asInt()).isEqualTo(2);
    assertThat(second.path("data")).hasSize(1);
    assertThat(second.path("data").get(0).path("tid").asInt()).isEqualTo(401);
    assertThat(beyond.path("data")).isEmpty();
  }

  @Test
  void titles_withTidAsText_haveItInQuotes() throws Exception {
    restart(new TemplateRules(false, true, 25));

    JsonNode titles = client.get(path("getpubtemplatetitles") + "&ids=616&start=0&limit=1");

    assertThat(titles.path("data").get(0).path("tid").isTextual()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "start=0&limit=1             | 200018",
        "ids=&start=0&limit=1        | 200018",
        "ids=%222,616%22&start=0&limit=1 | 200019",
        "ids=7&start=0&limit=1       | 200019",
        "ids=616&limit=1             | 200016",
        "ids=616&start=-1&limit=1    | 200016",
        "ids=616&start=0             | 200017",
        "ids=616&start=0&limit=31    | 200017",
        "ids=616&start=0&limit=0     | 200017",
        "ids=616&start=0&limit=many  | 200017",
      })
  void titles_askedWrongly_getTheCodeOfTheParameter(String query, int errcode) throws Exception {
    assertThat(errcode(client.get(path("getpubtemplatetitles") + "&" + query))).isEqualTo(errcode);
  }

  @Test
  void keywords_haveKidNameExampleAndRule() throws Exception {
    JsonNode answer = client.get(path("getpubtemplatekeywords") + "&tid=99");

    assertThat(answer.path("data")).hasSize(6);
    assertThat(answer.path("data").get(0).toString())
        .isEqualTo("{\"kid\":1,\"name\":\"物品名称\",\"example\":\"月票\",\"rule\":\"thing\"}");
    assertThat(errcode(client.get(path("getpubtemplatekeywords")))).isEqualTo(200014);
    assertThat(errcode(client.get(path("getpubtemplatekeywords") + "&tid=7"))).isEqualTo(200014);
    assertThat(errcode(client.get(path("getpubtemplatekeywords") + "&tid=x"))).isEqualTo(200014);
  }

  @Test
  void examples_ofTheLibrary_areAccepted() {
    for (LibraryTemplate template : TemplateLibrary.TEMPLATES) {
      for (LibraryTemplate.Entry entry : template.entries()) {
        assertThat(KeywordType.of(entry.rule() + entry.kid()).accepts(entry.example()))
            .as(template.title() + ", " + entry.name())
            .isTrue();
      }
    }
  }

  @Test
  void added_isListed_getsMessages_andDeletedIsUnknown() throws Exception {
    JsonNode added = add("tid=99&kidList=3&kidList=1&sceneDesc=%E4%B9%B0%E7%A5%A8");
    String id = added.path("priTmplId").asText();
    String body =
        message(
            "a",
            id,
            "index",
            "{\"date3\":{\"value\":\"2026-11-24\"},\"thing1\":{\"value\":\"月票\"}}");

    assertThat(errcode(added)).isZero();
    assertThat(id).matches("[A-Za-z0-9_-]{43}");
    JsonNode listed = client.get(path("gettemplate")).path("data").get(3);
    assertThat(listed.path("priTmplId").asText()).isEqualTo(id);
    assertThat(listed.path("title").asText()).isEqualTo("付款成功通知");
    assertThat(listed.path("content").asText())
        .isEqualTo("付款时间:{{date3.DATA}}\n物品名称:{{thing1.DATA}}\n");
    assertThat(listed.path("type").asInt()).isEqualTo(2);
    assertThat(client.sendCode(token, body)).isZero();
    assertThat(errcode(delete(id))).isZero();
    assertThat(client.sendCode(token, body)).isEqualTo(40037);
    assertThat(ids()).hasSize(3).doesNotContain(id);
    assertThat(errcode(delete(id))).isEqualTo(20001);
  }

  @ParameterizedTest
  @CsvSource({
    "kidList[0]=2&kidList[1]=1",
    "kidList%5B1%5D=1&kidList%5B0%5D=2",
    "kidList[]=2&kidList[]=1",
    "kidList=2&kidList=1",
  })
  void added_withAnyFormOfAList_hasTheWantedOrder(String kids) throws Exception {
    assertThat(errcode(add("tid=401&" + kids))).isZero();
    assertThat(client.get(path("gettemplate")).path("data").get(3).path("content").asText())
        .isEqualTo("到站时间:{{time2.DATA}}\n线路名称:{{thing1.DATA}}\n");
  }

  @Test
  void added_withEnumerations_listsTheirValues() throws Exception {
    add("tid=1007&kidList=1&kidList=2");

    JsonNode listed = client.get(path("gettemplate")).path("data").get(3);

    assertThat(listed.path("type").asInt()).isEqualTo(3);
    assertThat(listed.path("keywordEnumValueList").toString())
        .isEqualTo(
            "[{\"keywordCode\":\"enum_string2.DATA\",\"enumValueList\":[\"客厅\",\"阳台\",\"卫生间\"]}]");
  }

  @Test
  void added_ofTheNewKind_takesNoKeywords() throws Exception {
    assertThat(errcode(add("tid=10000001&kidList=1&kidList=2"))).isEqualTo(200020);
    assertThat(errcode(add("tid=10000001"))).isZero();
    assertThat(client.get(path("gettemplate")).path("data").get(3).path("content").asText())
        .startsWith("设备名称:{{thing1.DATA}}\n告警次数:{{number2.DATA}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kidList=1&kidList=2                            | 200014 | missing parameter tid rid: ",
        "tid=7&kidList=1&kidList=2                      | 200014 | tid does not exist rid: ",
        "tid=x&kidList=1&kidList=2                      | 200014 | tid does not exist rid: ",
        "tid=99&kidList=1                               | 200020 | invalid keywords rid: ",
        "tid=99                                         | 200020 | invalid keywords rid: ",
        "tid=99&kidList=1&kidList=1                     | 200020 | invalid keywords rid: ",
        "tid=99&kidList=1&kidList=9                     | 200020 | invalid keywords rid: ",
        "tid=99&kidList=1,2                             | 200020 | invalid keywords rid: ",
        "tid=99&kidList=1&kidList=2&kidList=3&kidList=4&kidList=5&kidList=6 | 200020 | invalid",
        "tid=99&kidList=1&kidList=2&sceneDesc=1234567890123456 | 200021 | invalid sceneDesc rid: ",
      })
  void added_wrongly_getsTheCodeOfTheField(String form, int errcode, String errmsg)
      throws Exception {
    JsonNode answer = add(form);

    assertThat(errcode(answer)).isEqualTo(errcode);
    assertThat(answer.path("errmsg").asText()).startsWith(errmsg);
    assertThat(ids()).hasSize(3);
  }

  @Test
  void added_twice_isADuplicate_inWhateverOrder() throws Exception {
    add("tid=99&kidList=1&kidList=2");

    assertThat(errcode(add("tid=99&kidList=2&kidList=1"))).isEqualTo(200022);
    assertThat(errcode(add("tid=99&kidList=2&kidList=3"))).isZero();
  }

  @Test
  void added_beyondTheLimit_isRefused() throws Exception {
    restart(new TemplateRules(false, false, 4));

    assertThat(errcode(add("tid=99&kidList=1&kidList=2"))).isZero();
    assertThat(errcode(add("tid=401&kidList=1&kidList=2"))).isEqualTo(200012);
    delete(SandboxTemplates.ORDER_TEMPLATE_ID);
    assertThat(errcode(add("tid=401&kidList=1&kidList=2"))).isZero();
  }

  @Test
  void added_byJson_isReadBehindItsSwitchOnly() throws Exception {
    String json = "{'tid':'99','kidList':[2,1],'sceneDesc':'x'}";
    JsonNode refused = addJson(json);
    restart(new TemplateRules(true, false, 25));

    assertThat(errcode(refused)).isEqualTo(200014);
    assertThat(refused.path("errmsg").asText())
        .matches("missing parameter tid rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}");
    assertThat(errcode(addJson(json))).isZero();
    assertThat(errcode(addJson("{'kidList':[2,1]}"))).isEqualTo(200014);
    assertThat(errcode(addJson("{'tid':"))).isEqualTo(47001);
    assertThat(errcode(add("tid=401&kidList=1&kidList=2"))).isZero();
    assertThat(errcode(addJson("{'tid':10000001,'kidList':[]}"))).isZero();
  }

  @Test
  void delete_readsAFormToo_andNeedsAnId() throws Exception {
    String id = SandboxTemplates.ORDER_TEMPLATE_ID;

    assertThat(errcode(client.postForm(path("deltemplate"), "priTmplId=" + id))).isZero();
    assertThat(errcode(delete(""))).isEqualTo(20002);
    assertThat(errcode(client.post(path("deltemplate"), ""))).isEqualTo(44002);
    assertThat(errcode(client.post(path("addtemplate"), ""))).isEqualTo(44002);
  }

  @Test
  void templates_ofOneApp_areNotThoseOfAnother() throws Exception {
    sandbox.close();
    start(
        SandboxOptions.builder()
            .app(SandboxClient.APP, SandboxClient.SECRET)
            .app("wxother0000000001", "other-secret")
            .build());
    String id = add("tid=99&kidList=1&kidList=2").path("priTmplId").asText();
    String own = token;
    token =
        client
            .post(
                "/cgi-bin/stable_token",
                SandboxClient.stableBody("wxother0000000001", "other-secret", false))
            .path("access_token")
            .asText();

    assertThat(ids()).hasSize(3).doesNotContain(id);
    assertThat(client.sendCode(token, message("a", id, "index", "{}"))).isEqualTo(40037);
    assertThat(client.sendCode(own, message("a", id, "index", "{}"))).isEqualTo(47003);
    assertThat(client.get("/sandbox/templates").toString()).contains(id);
  }

  @Test
  void reset_bringsTheFirstTemplatesBack() throws Exception {
    String id = add("tid=99&kidList=1&kidList=2").path("priTmplId").asText();
    delete(SandboxTemplates.SECKILL_TEMPLATE_ID);

    client.post("/sandbox/reset", "");

    assertThat(ids()).hasSize(3).doesNotContain(id).contains(SandboxTemplates.SECKILL_TEMPLATE_ID);
  }

  @ParameterizedTest
  @CsvSource({
    "gettemplate,POST",
    "getcategory,POST",
    "getpubtemplatetitles,POST",
    "getpubtemplatekeywords,POST",
    "addtemplate,GET",
    "deltemplate,GET",
  })
  void call_byTheWrongMethod_orWithoutToken_isNotFoundOrMissing(String call, String method)
      throws Exception {
    JsonNode wrong = method.equals("GET") ? client.get(path(call)) : client.post(path(call), "{}");
    String bare = "/wxaapi/newtmpl/" + call;
    JsonNode tokenless = method.equals("GET") ? client.post(bare, "{}") : client.get(bare);

    assertThat(errcode(wrong)).isEqualTo(404);
    assertThat(errcode(tokenless)).isEqualTo(41001);
  }
}
