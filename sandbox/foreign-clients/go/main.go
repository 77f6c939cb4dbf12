// Uses silenceper/wechat as an application does, and checks each answer of the sandbox.
//
// usage: go run . HOST:PORT
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/domain/openapi"
	"github.com/silenceper/wechat/v2/miniprogram"
	"github.com/silenceper/wechat/v2/miniprogram/config"
	"github.com/silenceper/wechat/v2/miniprogram/subscribe"
	"github.com/silenceper/wechat/v2/util"
)

const (
	appID  = "wxsandbox000000001"
	secret = "not-a-secret-only-for-the-sandbox"
	send   = "/cgi-bin/message/subscribe/send"
)

// toSandbox sends to the sandbox what the client means for WeChat, and nothing else anywhere.
type toSandbox struct {
	address string
	inner   http.RoundTripper
}

func (t toSandbox) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Scheme != "https" || request.URL.Host != "api.weixin.qq.com" {
		return nil, fmt.Errorf("a request to %s://%s", request.URL.Scheme, request.URL.Host)
	}
	redirected := request.Clone(request.Context())
	redirected.URL.Scheme = "http"
	redirected.URL.Host = t.address
	redirected.Host = t.address
	return t.inner.RoundTrip(redirected)
}

// loopbackOnly fails where somebody connects to another address.
func loopbackOnly(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("a connection to %s", address)
	}
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

func main() {
	log.SetFlags(log.Lshortfile)
	address := os.Args[1]
	transport := &http.Transport{DialContext: loopbackOnly}
	http.DefaultTransport = transport
	http.DefaultClient = &http.Client{Transport: transport}
	util.DefaultHTTPClient = &http.Client{Transport: toSandbox{address, transport}}
	for _, stable := range []bool{false, true} {
		control(address, "/sandbox/reset", "")
		program := miniprogram.NewMiniProgram(&config.Config{
			AppID: appID, AppSecret: secret, Cache: cache.NewMemory(), UseStableAK: stable,
		})
		manageTemplates(address, program.GetSubscribe())
		meetErrors(program.GetSubscribe())
		askAboutCalls(address, program)
		keepARevokedToken(address, program.GetSubscribe())
		fmt.Printf("silenceper/wechat works, with stable_token: %t\n", stable)
	}
}

func manageTemplates(address string, templates *subscribe.Subscribe) {
	categories := must(templates.GetCategory())
	equal(int64(616), categories[0].ID)
	equal("公交", categories[0].Name)

	titles := must(templates.GetPubTemplateTitleList(&subscribe.GetPubTemplateTitleListRequest{IDs: "2,616", Limit: 30}))
	equal(int64(4), titles.Count)
	equal(subscribe.PubTemplateTitle{Type: 2, TID: "99", Title: "付款成功通知", CategoryID: "616"}, titles.Data[0])

	keywords := must(templates.GetPubTemplateKeywordsByID("99"))
	equal(6, len(keywords.Data))
	equal(subscribe.PubTemplateKeywords{KID: 1, Name: "物品名称", Example: "月票", Rule: "thing"}, keywords.Data[0])

	id := must(templates.Add("99", []int{3, 1}, "买票"))
	equal(43, len(id))
	withEnums := must(templates.Add("1007", []int{1, 2}, ""))
	must(templates.Add("10000001", nil, ""))
	list := must(templates.ListTemplates()).Data
	equal(6, len(list))
	equal(id, list[3].PriTmplID)
	equal("付款时间:{{date3.DATA}}\n物品名称:{{thing1.DATA}}\n", list[3].Content)
	equal(withEnums, list[4].PriTmplID)
	equal(int64(3), list[4].Type)
	equal("enum_string2.DATA", list[4].KeywordEnumValueList[0].KeywordCode)
	equal("客厅 阳台 卫生间", strings.Join(list[4].KeywordEnumValueList[0].EnumValueList, " "))

	check(templates.Send(ticket("go-user", id)))
	msgID := must(templates.SendGetMsgID(ticket("go-user", id)))
	equal(true, strings.Contains(control(address, "/sandbox/messages?open_id=go-user", ""), fmt.Sprintf("%d", msgID)))
	check(templates.Delete(id))
	refused(40037, templates.Send(ticket("go-user", id)))
	refused(20001, templates.Delete(id))
}

func meetErrors(templates *subscribe.Subscribe) {
	add := func(tid string, kids []int, scene string) error {
		_, err := templates.Add(tid, kids, scene)
		return err
	}
	refused(200014, add("7", []int{1, 2}, ""))
	refused(200020, add("99", []int{1}, ""))
	refused(200021, add("99", []int{1, 3}, strings.Repeat("x", 16)))
	id := must(templates.Add("99", []int{1, 3}, ""))
	refused(200022, add("99", []int{1, 3}, ""))
	_, err := templates.GetPubTemplateTitleList(&subscribe.GetPubTemplateTitleListRequest{IDs: "616", Limit: 31})
	refused(200017, err)
	_, err = templates.GetPubTemplateTitleList(&subscribe.GetPubTemplateTitleListRequest{Limit: 30})
	refused(200018, err)
	_, err = templates.GetPubTemplateKeywordsByID("7")
	refused(200014, err)
	refused(43101, templates.Send(ticket("sandbox-43101", id)))
	refused(40003, templates.Send(ticket("no open id", id)))
	tooLong := ticket("go-user", id)
	tooLong.Data["thing1"].Value = strings.Repeat("x", 21)
	refused(47003, templates.Send(tooLong))
}

func askAboutCalls(address string, program *miniprogram.MiniProgram) {
	control(address, "/sandbox/reset", "")
	calls := program.GetOpenAPI()
	text := refused(40037, program.GetSubscribe().Send(ticket("someone", "none")))
	rid := text[strings.Index(text, "rid: ")+len("rid: "):]
	info := must(calls.GetRidInfo(openapi.GetRidInfoParams{Rid: rid})).Request
	equal("access_token=********", info.RequestURL)
	equal(true, strings.Contains(info.RequestBody, `"touser":"someone"`))
	equal(true, strings.Contains(info.ResponseBody, rid))
	_, err := calls.GetRidInfo(openapi.GetRidInfoParams{Rid: "00000000-00000000-00000000"})
	refused(76001, err)

	quota := must(calls.GetAPIQuota(openapi.GetAPIQuotaParams{CgiPath: send})).Quota
	equal(int64(10_000_000), quota.DailyLimit)
	equal(int64(1), quota.Used)
	equal(int64(9_999_999), quota.Remain)
	_, err = calls.GetAPIQuota(openapi.GetAPIQuotaParams{CgiPath: "/cgi-bin/none"})
	refused(76021, err)
	check(calls.ClearQuota())
	equal(int64(0), must(calls.GetAPIQuota(openapi.GetAPIQuotaParams{CgiPath: send})).Quota.Used)
	check(calls.ClearQuotaByAppSecret())
}

// keepARevokedToken shows that this client fetches no new token when WeChat rejects the one that it has.
func keepARevokedToken(address string, templates *subscribe.Subscribe) {
	control(address, "/sandbox/tokens/revoke", fmt.Sprintf(`{"app_id": %q, "mode": "superseded"}`, appID))
	_, err := templates.ListTemplates()
	refused(40001, err)
	_, err = templates.ListTemplates()
	refused(40001, err)
}

func ticket(openID, templateID string) *subscribe.Message {
	return &subscribe.Message{
		ToUser:     openID,
		TemplateID: templateID,
		Page:       "pages/index",
		Data:       map[string]*subscribe.DataItem{"date3": {Value: "2026-11-24"}, "thing1": {Value: "月票"}},
	}
}

// control makes a call of the sandbox itself: a POST unless it reads messages.
func control(address, path, body string) string {
	var response *http.Response
	if strings.HasPrefix(path, "/sandbox/messages") {
		response = must(http.Get("http://" + address + path))
	} else {
		response = must(http.Post("http://"+address+path, "application/json", strings.NewReader(body)))
	}
	defer response.Body.Close()
	equal(http.StatusOK, response.StatusCode)
	return string(must(io.ReadAll(response.Body)))
}

// refused returns WeChat's text.
func refused(errcode int64, err error) string {
	if err == nil {
		log.Output(2, fmt.Sprintf("accepted (expected: %d)", errcode))
		os.Exit(1)
	}
	if !strings.Contains(err.Error(), fmt.Sprintf("errcode=%d ", errcode)) {
		log.Output(2, fmt.Sprintf("%v (expected: %d)", err, errcode))
		os.Exit(1)
	}
	return err.Error()
}

func equal[T comparable](expected, seen T) {
	if expected != seen {
		log.Output(2, fmt.Sprintf("%v (expected: %v)", seen, expected))
		os.Exit(1)
	}
}

func check(err error) {
	if err != nil {
		log.Output(2, err.Error())
		os.Exit(1)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Output(2, err.Error())
		os.Exit(1)
	}
	return value
}
