using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Google.Rpc;
using Grpc.Core;
using Wxnotify.V1;

namespace WxnotifyExample
{
    /// <summary>What a caller of wxnotify writes around the generated code.</summary>
    public static class Notify
    {
        /// <summary>
        /// Returns why a call failed, or null where the server did not say it: the call never reached one.
        /// </summary>
        public static SendError SendErrorOf(RpcException error)
        {
            return error.GetRpcStatus()?.GetDetail<SendError>();
        }

        /// <summary>
        /// Streams all items and calls done once for each result, in the order of completion.
        ///
        /// Every item needs a request id of its own: when a stream breaks, the items without a result are sent again on
        /// a new one, and the server replays what it has done already. Items are taken only as fast as the server takes
        /// them.
        /// </summary>
        public static async Task SendAllAsync(
            NotificationService.NotificationServiceClient client,
            IEnumerable<BatchSendRequest> items,
            Action<BatchItemResult> done,
            CancellationToken cancellation = default(CancellationToken))
        {
            using (IEnumerator<BatchSendRequest> source = items.GetEnumerator())
            {
                var batch = new Batch(client, source, done);
                for (int failures = 0; failures < 10;)
                {
                    int before = batch.Answered;
                    try
                    {
                        await batch.StreamAsync(cancellation);
                        if (batch.IsDone)
                        {
                            return;
                        }
                    }
                    catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
                    {
                        // A new stream, a moment later.
                    }
                    failures = batch.Answered > before ? 0 : failures + 1;
                    // A minute in all, in which a server can be replaced.
                    await Task.Delay(TimeSpan.FromSeconds(1 + failures), cancellation);
                }
                throw new InvalidOperationException("no progress in 10 streams");
            }
        }

        private sealed class Batch
        {
            private readonly NotificationService.NotificationServiceClient client;
            private readonly IEnumerator<BatchSendRequest> source;
            private readonly Action<BatchItemResult> done;

            /// <summary>
            /// The items that are sent and have no result: as many as gRPC's windows and the server take.
            /// </summary>
            private readonly Dictionary<string, BatchSendRequest> unanswered = new Dictionary<string, BatchSendRequest>();

            public Batch(
                NotificationService.NotificationServiceClient client,
                IEnumerator<BatchSendRequest> source,
                Action<BatchItemResult> done)
            {
                this.client = client;
                this.source = source;
                this.done = done;
            }

            public int Answered { get; private set; }

            public bool IsDone
            {
                get
                {
                    lock (unanswered)
                    {
                        return unanswered.Count == 0;
                    }
                }
            }

            /// <summary>Sends what is unanswered, then the rest of the items, and reads until the server ends.</summary>
            public async Task StreamAsync(CancellationToken cancellation)
            {
                using (var call = client.BatchSend(cancellationToken: cancellation))
                {
                    Task writer = Task.Run(() => WriteAsync(call.RequestStream));
                    try
                    {
                        while (await call.ResponseStream.MoveNext(cancellation))
                        {
                            BatchItemResult result = call.ResponseStream.Current.Result;
                            if (result == null || IsForTheNextStream(result.Error))
                            {
                                continue; // It is the summary, or has no answer yet.
                            }
                            lock (unanswered)
                            {
                                unanswered.Remove(result.RequestId);
                            }
                            Answered++;
                            done(result);
                        }
                    }
                    finally
                    {
                        call.Dispose(); // Lets a writer go that still waits for the server.
                        await writer;
                    }
                }
            }

            /// <summary>
            /// An item of the stream before, for whose outcome we ask again; or one for the next server.
            /// </summary>
            private static bool IsForTheNextStream(SendError error)
            {
                return error?.Reason == SendError.Types.ErrorReason.RequestInProgress
                    || error?.Reason == SendError.Types.ErrorReason.ServerStopping;
            }

            private async Task WriteAsync(IClientStreamWriter<BatchSendRequest> requests)
            {
                List<BatchSendRequest> again;
                lock (unanswered)
                {
                    again = unanswered.Values.ToList();
                }
                try
                {
                    foreach (BatchSendRequest item in again)
                    {
                        await requests.WriteAsync(item);
                    }
                    while (source.MoveNext())
                    {
                        lock (unanswered)
                        {
                            unanswered[source.Current.RequestId] = source.Current;
                        }
                        await requests.WriteAsync(source.Current); // Waits while the server does not read.
                    }
                    await requests.CompleteAsync();
                }
                catch (Exception e) when (e is RpcException || e is InvalidOperationException || e is OperationCanceledException)
                {
                    // The stream is over; the reader says why.
                }
            }
        }
    }
}
