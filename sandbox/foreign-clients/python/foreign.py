"""Uses wechatpy as an application does, and checks each answer of the sandbox.

usage: foreign.py HOST:PORT
"""
import ipaddress
import sys
import urllib.parse

import requests
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

APP_ID = "wxsandbox000000001"
SECRET = "not-a-secret-only-for-the-sandbox"
SEND = "/cgi-bin/message/subscribe/send"
TEMPLATES = "https://api.weixin.qq.com/wxaapi/newtmpl/"
CALLS = "https://api.weixin.qq.com/cgi-bin/"


def loopback_only(event, arguments):
    """Ends whatever looks up a name, or connects to an address that is not this machine's own."""
    if event == "socket.getaddrinfo" or event == "socket.connect":
        host = arguments[0] if event == "socket.getaddrinfo" else arguments[1][0]
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            raise RuntimeError(f"{event} {host}")


class ToSandbox(requests.adapters.HTTPAdapter):
    """Sends to the sandbox what the client means for WeChat."""

    def __init__(self, sandbox):
        super().__init__()
        self.sandbox = sandbox

    def send(self, request, **options):
        request.url = self.sandbox + request.url.removeprefix("https://api.weixin.qq.com")
        options["proxies"] = {}
        return super().send(request, **options)


class ToNobody(requests.adapters.BaseAdapter):
    def send(self, request, **options):
        raise RuntimeError(f"a request to {request.url.split('?')[0]}")

    def close(self):
        pass


def equal(expected, seen):
    if expected != seen:
        raise AssertionError(f"{seen!r} (expected: {expected!r})")


def refused(errcode, call):
    """Returns WeChat's text."""
    try:
        call()
    except WeChatClientException as error:
        equal(errcode, error.errcode)
        return error.errmsg
    raise AssertionError(f"accepted (expected: {errcode})")


class Program:
    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.control = requests.Session()
        self.control.trust_env = False
        self.client = WeChatClient(APP_ID, SECRET)
        session = self.client._http
        session.trust_env = False
        session.mount("http://", ToNobody())
        session.mount("https://", ToNobody())
        session.mount("https://api.weixin.qq.com/", ToSandbox(sandbox))

    def send(self, open_id, template, **data):
        values = {key: {"value": value} for key, value in data.items()}
        return self.client.wxa.send_subscribe_message(open_id, template, values, page="pages/index")

    def add_template(self, **fields):
        return self.client.post(
            TEMPLATES + "addtemplate",
            data=urllib.parse.urlencode(fields, doseq=True),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )["priTmplId"]

    def templates(self):
        return self.client.get(TEMPLATES + "gettemplate")["data"]

    def manage_templates(self):
        equal({"id": 616, "name": "公交"}, self.client.get(TEMPLATES + "getcategory")["data"][0])
        titles = self.client.get(
            TEMPLATES + "getpubtemplatetitles", params={"ids": "2,616", "start": 0, "limit": 30}
        )
        equal(4, titles["count"])
        equal("付款成功通知", titles["data"][0]["title"])
        keywords = self.client.get(TEMPLATES + "getpubtemplatekeywords", params={"tid": "99"})
        equal({"kid": 1, "name": "物品名称", "example": "月票", "rule": "thing"}, keywords["data"][0])

        added = self.add_template(tid="99", kidList=[3, 1], sceneDesc="买票")
        equal(43, len(added))
        indexed = self.add_template(**{"tid": "1007", "kidList[0]": 1, "kidList[1]": 2})
        equal([added, indexed], [template["priTmplId"] for template in self.templates()[3:]])
        equal("付款时间:{{date3.DATA}}\n物品名称:{{thing1.DATA}}\n", self.templates()[3]["content"])
        equal(
            [{"keywordCode": "enum_string2.DATA", "enumValueList": ["客厅", "阳台", "卫生间"]}],
            self.templates()[4]["keywordEnumValueList"],
        )

        answer = self.send("python-user", added, date3="2026-11-24", thing1="月票")
        messages = self.control.get(self.sandbox + "/sandbox/messages?open_id=python-user").json()
        equal([str(answer["msgid"])], [message["msgid"] for message in messages["messages"]])
        equal(0, self.client.post(TEMPLATES + "deltemplate", data={"priTmplId": added})["errcode"])
        refused(40037, lambda: self.send("python-user", added, date3="2026-11-24", thing1="月票"))
        refused(20001, lambda: self.client.post(TEMPLATES + "deltemplate", data={"priTmplId": added}))
        return indexed

    def meet_errors(self, template):
        values = {"time1": "15:01", "enum_string2": "阳台"}
        refused(200014, lambda: self.add_template(tid="7", kidList=[1, 2]))
        refused(200020, lambda: self.add_template(tid="99", kidList=[1]))
        refused(200021, lambda: self.add_template(tid="99", kidList=[1, 3], sceneDesc="x" * 16))
        refused(200022, lambda: self.add_template(tid="1007", kidList=[1, 2]))
        refused(200016, lambda: self.client.get(TEMPLATES + "getpubtemplatetitles", params={"ids": "616"}))
        refused(43101, lambda: self.send("sandbox-43101", template, **values))
        refused(40003, lambda: self.send("no open id", template, **values))
        refused(47003, lambda: self.send("python-user", template, time1="15:01", enum_string2="厨房"))

    def outlive_a_token(self, template):
        """wechatpy fetches a new token when WeChat rejects the one that it has."""
        revoke = {"app_id": APP_ID, "mode": "superseded"}
        self.control.post(self.sandbox + "/sandbox/tokens/revoke", json=revoke).raise_for_status()
        equal(0, self.send("python-user", template, time1="15:01", enum_string2="阳台")["errcode"])

    def ask_about_calls(self):
        self.control.post(self.sandbox + "/sandbox/reset").raise_for_status()
        text = refused(40037, lambda: self.send("someone", "none"))
        rid = text.split("rid: ")[1]
        request = self.client.post(CALLS + "openapi/rid/get", data={"rid": rid})["request"]
        equal("access_token=********", request["request_url"])
        equal(True, '"someone"' in request["request_body"])
        equal(True, rid in request["response_body"])
        refused(76002, lambda: self.client.post(CALLS + "openapi/rid/get", data={"rid": "none"}))
        quota = self.client.post(CALLS + "openapi/quota/get", data={"cgi_path": SEND})["quota"]
        equal({"daily_limit": 10_000_000, "used": 1, "remain": 9_999_999}, quota)
        equal(0, self.client.post(CALLS + "clear_quota", data={"appid": APP_ID})["errcode"])
        quota = self.client.post(CALLS + "openapi/quota/get", data={"cgi_path": SEND})["quota"]
        equal(0, quota["used"])


def main(address):
    sys.addaudithook(loopback_only)
    program = Program("http://" + address)
    program.control.post(program.sandbox + "/sandbox/reset").raise_for_status()
    template = program.manage_templates()
    program.meet_errors(template)
    program.outlive_a_token(template)
    program.ask_about_calls()
    print("wechatpy works")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
