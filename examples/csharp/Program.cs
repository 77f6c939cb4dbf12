using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Wxnotify.V1;
using Reason = Wxnotify.V1.SendError.Types.ErrorReason;

namespace WxnotifyExample
{
    public static class Program
    {
        public static async Task<int> Main(string[] args)
        {
            if (args.Length == 3 && args[0] == "send")
            {
                return await SendAsync(args[1], args[2]);
            }
            if (args.Length == 4 && args[0] == "batch")
            {
                return await BatchAsync(args[1], args[2], int.Parse(args[3]));
            }
            if (args.Length == 4 && args[0] == "watch")
            {
                return await WatchAsync(args[1], int.Parse(args[2]), int.Parse(args[3]));
            }
            if (args.Length == 4 && args[0] == "ask")
            {
                return await AskAsync(args[1], args[2], int.Parse(args[3]));
            }
            Console.Error.WriteLine(
                "usage: send HOST:PORT OPEN_ID | watch HOST:PORT MINUTES_AGO COUNT | batch HOST:PORT CAMPAIGN COUNT"
                + " | ask HOST:PORT TEMPLATE_ID ERRCODE");
            return 64;
        }

        /// <summary>Sends one message and reports its outcome.</summary>
        private static async Task<int> SendAsync(string target, string openId)
        {
            using (var channel = GrpcChannel.ForAddress("http://" + target))
            {
                var client = new NotificationService.NotificationServiceClient(channel);
                var request = new SendSubscribeMessageRequest
                {
                    Message = new SubscribeMessage
                    {
                        OpenId = openId,
                        TemplateId = "sandbox-seckill-0123456789abcdefghijklmnopq",
                        Page = "pages/order?id=7",
                        Data = { { "thing1", "咖啡 😀" }, { "time2", "2026-11-24 20:00" }, { "thing3", "see you" } },
                    },
                    RequestId = "order-7/" + openId,
                };
                try
                {
                    SendSubscribeMessageResponse response =
                        await client.SendSubscribeMessageAsync(request, deadline: DateTime.UtcNow.AddSeconds(10));
                    Console.WriteLine($"accepted: message {response.MessageId}, replayed {response.Replayed}");
                    return 0;
                }
                catch (RpcException e)
                {
                    SendError failure = Notify.SendErrorOf(e);
                    if (failure == null)
                    {
                        throw; // No server was reached, or it refused the caller.
                    }
                    Explain(failure);
                    return 1;
                }
            }
        }

        private static void Explain(SendError failure)
        {
            switch (failure.Reason)
            {
                case Reason.UserNotSubscribed:
                    Console.WriteLine("the user has to subscribe again");
                    break;
                case Reason.InvalidRequest:
                case Reason.InvalidTemplateData:
                    foreach (FieldViolation violation in failure.FieldViolations)
                    {
                        Console.WriteLine($"{violation.Field} {violation.Description}");
                    }
                    break;
                case Reason.OutcomeUnknown:
                    Console.WriteLine("the user may have received it; repeat the call with the same request id to learn the outcome");
                    break;
                default:
                    string later = failure.RetryAfter == null ? "" : $"; retry in {failure.RetryAfter.ToTimeSpan()}";
                    Console.WriteLine($"{failure.Reason}: {failure.Message}{later}");
                    break;
            }
        }

        /// <summary>
        /// Sends a campaign. Stop it and start it again: what is done is replayed, the rest is sent.
        /// </summary>
        private static async Task<int> BatchAsync(string target, string campaign, int count)
        {
            IEnumerable<BatchSendRequest> items = // In real life: rows of a database, as they are read.
                from i in Enumerable.Range(0, count)
                select new BatchSendRequest
                {
                    SeckillMessage = new SeckillMessage
                    {
                        OpenId = $"user-{i}", GoodsName = "Coffee", Time = "2026-11-24 20:00", CorpId = "1", CustomerId = "2",
                    },
                    RequestId = $"{campaign}/{i}",
                };
            var outcomes = new Dictionary<Outcome, int>();
            int replayed = 0;
            using (var channel = GrpcChannel.ForAddress("http://" + target))
            {
                await Notify.SendAllAsync(
                    new NotificationService.NotificationServiceClient(channel),
                    items,
                    result =>
                    {
                        outcomes.TryGetValue(result.Outcome, out int seen);
                        outcomes[result.Outcome] = seen + 1;
                        replayed += result.Replayed ? 1 : 0;
                        if (result.Error != null)
                        {
                            Console.Error.WriteLine($"{result.RequestId}: {result.Error.Reason}: {result.Error.Message}");
                        }
                    });
            }
            Console.WriteLine(
                string.Join(", ", outcomes.Select(entry => $"{entry.Key} {entry.Value}")) + $"; replayed {replayed}");
            return 0;
        }

        /// <summary>
        /// Shows what WeChat reports after a send: receipts, and what users answer to subscription dialogs.
        /// </summary>
        private static async Task<int> WatchAsync(string target, int minutes, int count)
        {
            var request = new WatchEventsRequest { Since = Timestamp.FromDateTime(DateTime.UtcNow.AddMinutes(-minutes)) };
            using (var channel = GrpcChannel.ForAddress("http://" + target))
            {
                var client = new EventService.EventServiceClient(channel);
                while (true)
                {
                    try
                    {
                        using (var call = client.WatchEvents(request))
                        {
                            while (await call.ResponseStream.MoveNext(CancellationToken.None))
                            {
                                Event happened = call.ResponseStream.Current.Event;
                                if (happened != null)
                                {
                                    Show(happened); // It may come twice after a break: at least once is promised.
                                    if (--count <= 0)
                                    {
                                        return 0;
                                    }
                                }
                                // In real life: kept where the effects of the event are kept.
                                string cursor = happened == null ? call.ResponseStream.Current.Heartbeat.Cursor : happened.Cursor;
                                request = new WatchEventsRequest { Cursor = cursor };
                            }
                        }
                    }
                    catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
                    {
                        // The request has the last cursor: the next stream goes on there.
                    }
                    await Task.Delay(TimeSpan.FromSeconds(1));
                }
            }
        }

        private static void Show(Event happened)
        {
            if (happened.Delivery != null)
            {
                DeliveryReport report = happened.Delivery;
                Console.WriteLine($"{report.Status}: message {report.MessageId}, request {report.RequestId}, {report.ErrorStatus}");
            }
            if (happened.Subscription != null)
            {
                Console.WriteLine($"{happened.Subscription.Answer}: user {happened.OpenId}, template {happened.TemplateId}");
            }
        }

        /// <summary>
        /// Shows the keywords of a template, and gets the app's access token for other calls of WeChat's API.
        /// </summary>
        private static async Task<int> AskAsync(string target, string templateId, int errcode)
        {
            using (var channel = GrpcChannel.ForAddress("http://" + target))
            {
                GetTemplateResponse found = await new TemplateService.TemplateServiceClient(channel)
                    .GetTemplateAsync(new GetTemplateRequest { TemplateId = templateId });
                foreach (Keyword keyword in found.Template.Keywords)
                {
                    Console.WriteLine($"{keyword.Key} {keyword.Label} {string.Join(" ", keyword.EnumValues)}");
                }

                var tokens = new TokenService.TokenServiceClient(channel);
                GetAccessTokenResponse token = await tokens.GetAccessTokenAsync(new GetAccessTokenRequest());
                // Never print the AccessToken itself.
                Console.WriteLine($"token {token.Fingerprint} for {token.ExpiresIn.ToTimeSpan()}");
                // In real life: what WeChat answered to a call with the AccessToken.
                if (errcode == 40001 || errcode == 40014 || errcode == 42001)
                {
                    await tokens.RejectAccessTokenAsync(
                        new RejectAccessTokenRequest { Fingerprint = token.Fingerprint, WechatErrcode = errcode });
                    token = await tokens.GetAccessTokenAsync(new GetAccessTokenRequest());
                    Console.WriteLine($"refused, now {token.Fingerprint}");
                }
            }
            return 0;
        }
    }
}
