"""Shows the keywords of a template, and gets the app's access token for other calls of WeChat's API."""

import sys

import grpc

from wxnotify.v1.template_service_pb2 import GetTemplateRequest
from wxnotify.v1.template_service_pb2_grpc import TemplateServiceStub
from wxnotify.v1.token_service_pb2 import GetAccessTokenRequest, RejectAccessTokenRequest
from wxnotify.v1.token_service_pb2_grpc import TokenServiceStub


def main(target, template_id, errcode):
    with grpc.insecure_channel(target) as channel:
        template = TemplateServiceStub(channel).GetTemplate(GetTemplateRequest(template_id=template_id), timeout=10).template
        for keyword in template.keywords:
            print(keyword.key, keyword.label, *keyword.enum_values)

        tokens = TokenServiceStub(channel)
        token = tokens.GetAccessToken(GetAccessTokenRequest(), timeout=10)
        print(f"token {token.fingerprint} for {token.expires_in.ToTimedelta()}")  # Never print the access_token itself.
        if errcode in (40001, 40014, 42001):  # In real life: what WeChat answered to a call with the access_token.
            tokens.RejectAccessToken(RejectAccessTokenRequest(fingerprint=token.fingerprint, wechat_errcode=errcode), timeout=10)
            print("refused, now", tokens.GetAccessToken(GetAccessTokenRequest(), timeout=10).fingerprint)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: ask.py HOST:PORT TEMPLATE_ID ERRCODE")
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
