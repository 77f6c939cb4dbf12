// What examples/csharp and the messages that protoc generates use of the packages of protobuf and gRPC: signatures without bodies, for a
// CI that cannot get the packages. So the example is checked against the generated messages, which are ours, down to the name of a
// reason; not against the packages, nor the client class that Grpc.Tools generates, of which these declarations are only a picture.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;

namespace Google.Protobuf
{
    public interface IMessage
    {
        MessageDescriptor Descriptor { get; }
        void MergeFrom(CodedInputStream input);
        void WriteTo(CodedOutputStream output);
        int CalculateSize();
    }

    public interface IMessage<T> : IMessage, IEquatable<T> where T : IMessage<T>
    {
        void MergeFrom(T message);
        T Clone();
    }

    public abstract class MessageParser { }
    public sealed class MessageParser<T> : MessageParser where T : IMessage<T> { public MessageParser(Func<T> factory) { } }

    public sealed class UnknownFieldSet
    {
        public static UnknownFieldSet Clone(UnknownFieldSet other) { throw null; }
        public static UnknownFieldSet MergeFrom(UnknownFieldSet set, UnknownFieldSet other) { throw null; }
        public static UnknownFieldSet MergeFieldFrom(UnknownFieldSet set, CodedInputStream input) { throw null; }
        public int CalculateSize() { throw null; }
        public void WriteTo(CodedOutputStream output) { throw null; }
    }

    public abstract class CodedInputStream
    {
        public abstract uint ReadTag();
        public abstract bool ReadBool();
        public abstract int ReadEnum();
        public abstract int ReadInt32();
        public abstract long ReadInt64();
        public abstract string ReadString();
        public abstract ByteString ReadBytes();
        public abstract void ReadMessage(IMessage message);
    }

    public abstract class CodedOutputStream
    {
        public static int ComputeEnumSize(int value) { throw null; }
        public static int ComputeInt32Size(int value) { throw null; }
        public static int ComputeInt64Size(long value) { throw null; }
        public static int ComputeStringSize(string value) { throw null; }
        public static int ComputeBytesSize(ByteString value) { throw null; }
        public static int ComputeMessageSize(IMessage value) { throw null; }
        public abstract void WriteRawTag(byte first);
        public abstract void WriteBool(bool value);
        public abstract void WriteEnum(int value);
        public abstract void WriteInt32(int value);
        public abstract void WriteInt64(long value);
        public abstract void WriteString(string value);
        public abstract void WriteBytes(ByteString value);
        public abstract void WriteMessage(IMessage value);
    }

    public sealed class ByteString
    {
        public static ByteString Empty { get { throw null; } }
        public int Length { get { throw null; } }
    }

    public sealed class FieldCodec<T> { }

    public static class FieldCodec
    {
        public static FieldCodec<string> ForString(uint tag) { throw null; }
        public static FieldCodec<string> ForString(uint tag, string otherwise) { throw null; }
        public static FieldCodec<long> ForInt64(uint tag, long otherwise) { throw null; }
        public static FieldCodec<T> ForEnum<T>(uint tag, Func<T, int> number, Func<int, T> value) { throw null; }
        public static FieldCodec<T> ForMessage<T>(uint tag, MessageParser<T> parser) where T : class, IMessage<T> { throw null; }
    }

    public static class ProtoPreconditions { public static T CheckNotNull<T>(T value, string name) where T : class { throw null; } }
    public static class JsonFormatter { public static string ToDiagnosticString(IMessage message) { throw null; } }
}

namespace Google.Protobuf.Collections
{
    public sealed class RepeatedField<T> : IEnumerable<T>
    {
        public IEnumerator<T> GetEnumerator() { throw null; }
        IEnumerator IEnumerable.GetEnumerator() { throw null; }
        public RepeatedField<T> Clone() { throw null; }
        public void Add(IEnumerable<T> items) { throw null; }
        public void AddEntriesFrom(CodedInputStream input, FieldCodec<T> codec) { throw null; }
        public int CalculateSize(FieldCodec<T> codec) { throw null; }
        public void WriteTo(CodedOutputStream output, FieldCodec<T> codec) { throw null; }
    }

    public sealed class MapField<TKey, TValue> : IEnumerable<KeyValuePair<TKey, TValue>>
    {
        public sealed class Codec
        {
            public Codec(FieldCodec<TKey> keys, FieldCodec<TValue> values, uint tag) { throw null; }
        }

        public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator() { throw null; }
        IEnumerator IEnumerable.GetEnumerator() { throw null; }
        public MapField<TKey, TValue> Clone() { throw null; }
        public void Add(TKey key, TValue value) { throw null; }
        public void MergeFrom(IDictionary<TKey, TValue> entries) { throw null; }
        public void MergeFrom(MapField<TKey, TValue> entries) { throw null; }
        public void AddEntriesFrom(CodedInputStream input, Codec codec) { throw null; }
        public int CalculateSize(Codec codec) { throw null; }
        public void WriteTo(CodedOutputStream output, Codec codec) { throw null; }
    }
}

namespace Google.Protobuf.Reflection
{
    [AttributeUsage(AttributeTargets.Field)]
    public class OriginalNameAttribute : Attribute
    {
        public OriginalNameAttribute(string name) { }
        public bool PreferredAlias { get; set; }
    }

    public sealed class MessageDescriptor { public IList<MessageDescriptor> NestedTypes { get { throw null; } } }

    public sealed class FileDescriptor
    {
        public IList<MessageDescriptor> MessageTypes { get { throw null; } }
        public static FileDescriptor FromGeneratedCode(byte[] data, FileDescriptor[] dependencies, GeneratedClrTypeInfo code) { throw null; }
    }

    public abstract class Extension { }

    public sealed class GeneratedClrTypeInfo
    {
        public GeneratedClrTypeInfo(Type[] enums, Extension[] extensions, GeneratedClrTypeInfo[] types) { }

        public GeneratedClrTypeInfo(
            Type type, MessageParser parser, string[] properties, string[] oneofs, Type[] enums, Extension[] extensions, GeneratedClrTypeInfo[] types) { }
    }
}

namespace Google.Protobuf.WellKnownTypes
{
    public static class DurationReflection { public static FileDescriptor Descriptor { get { throw null; } } }

    public sealed class Duration : IMessage<Duration>
    {
        public MessageDescriptor Descriptor { get { throw null; } }
        public void MergeFrom(CodedInputStream input) { throw null; }
        public void MergeFrom(Duration message) { throw null; }
        public void WriteTo(CodedOutputStream output) { throw null; }
        public int CalculateSize() { throw null; }
        public Duration Clone() { throw null; }
        public bool Equals(Duration other) { throw null; }
        public TimeSpan ToTimeSpan() { throw null; }
    }

    public static class TimestampReflection { public static FileDescriptor Descriptor { get { throw null; } } }

    public sealed class Timestamp : IMessage<Timestamp>
    {
        public static Timestamp FromDateTime(DateTime time) { throw null; }
        public MessageDescriptor Descriptor { get { throw null; } }
        public void MergeFrom(CodedInputStream input) { throw null; }
        public void MergeFrom(Timestamp message) { throw null; }
        public void WriteTo(CodedOutputStream output) { throw null; }
        public int CalculateSize() { throw null; }
        public Timestamp Clone() { throw null; }
        public bool Equals(Timestamp other) { throw null; }
    }
}

namespace Google.Rpc
{
    public abstract class Status { public abstract T GetDetail<T>() where T : class, Google.Protobuf.IMessage<T>, new(); }
}

namespace Grpc.Core
{
    public enum StatusCode { OK, Unavailable = 14 }

    public class RpcException : Exception { public StatusCode StatusCode { get { throw null; } } }

    public static class RpcExceptionExtensions { public static Google.Rpc.Status GetRpcStatus(this RpcException e) { throw null; } }

    public class Metadata { }
    public abstract class ChannelBase { }

    public sealed class AsyncUnaryCall<T> { public TaskAwaiter<T> GetAwaiter() { throw null; } }

    public interface IAsyncStreamReader<out T>
    {
        T Current { get; }
        Task<bool> MoveNext(CancellationToken cancellation);
    }

    public sealed class AsyncServerStreamingCall<TResponse> : IDisposable
    {
        public IAsyncStreamReader<TResponse> ResponseStream { get { throw null; } }
        public void Dispose() { }
    }

    public interface IAsyncStreamWriter<in T> { Task WriteAsync(T message); }
    public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T> { Task CompleteAsync(); }

    public sealed class AsyncDuplexStreamingCall<TRequest, TResponse> : IDisposable
    {
        public IAsyncStreamReader<TResponse> ResponseStream { get { throw null; } }
        public IClientStreamWriter<TRequest> RequestStream { get { throw null; } }
        public void Dispose() { }
    }
}

namespace Grpc.Net.Client
{
    public sealed class GrpcChannel : Grpc.Core.ChannelBase, IDisposable
    {
        public static GrpcChannel ForAddress(string address) { throw null; }
        public void Dispose() { }
    }
}

namespace Wxnotify.V1
{
    using Grpc.Core;

    public static class NotificationService
    {
        public class NotificationServiceClient
        {
            public NotificationServiceClient(ChannelBase channel) { }

            public virtual AsyncUnaryCall<SendSubscribeMessageResponse> SendSubscribeMessageAsync(
                SendSubscribeMessageRequest request,
                Metadata headers = null,
                DateTime? deadline = null,
                CancellationToken cancellationToken = default(CancellationToken)) { throw null; }

            public virtual AsyncDuplexStreamingCall<BatchSendRequest, BatchSendResponse> BatchSend(
                Metadata headers = null,
                DateTime? deadline = null,
                CancellationToken cancellationToken = default(CancellationToken)) { throw null; }
        }
    }

    public static class EventService
    {
        public class EventServiceClient
        {
            public EventServiceClient(ChannelBase channel) { }

            public virtual AsyncServerStreamingCall<WatchEventsResponse> WatchEvents(
                WatchEventsRequest request,
                Metadata headers = null,
                DateTime? deadline = null,
                CancellationToken cancellationToken = default(CancellationToken)) { throw null; }
        }
    }

    public static class TemplateService
    {
        public class TemplateServiceClient
        {
            public TemplateServiceClient(ChannelBase channel) { }

            public virtual AsyncUnaryCall<GetTemplateResponse> GetTemplateAsync(
                GetTemplateRequest request,
                Metadata headers = null,
                DateTime? deadline = null,
                CancellationToken cancellationToken = default(CancellationToken)) { throw null; }
        }
    }

    public static class TokenService
    {
        public class TokenServiceClient
        {
            public TokenServiceClient(ChannelBase channel) { }

            public virtual AsyncUnaryCall<GetAccessTokenResponse> GetAccessTokenAsync(
                GetAccessTokenRequest request,
                Metadata headers = null,
                DateTime? deadline = null,
                CancellationToken cancellationToken = default(CancellationToken)) { throw null; }

            public virtual AsyncUnaryCall<RejectAccessTokenResponse> RejectAccessTokenAsync(
                RejectAccessTokenRequest request,
                Metadata headers = null,
                DateTime? deadline = null,
                CancellationToken cancellationToken = default(CancellationToken)) { throw null; }
        }
    }
}
