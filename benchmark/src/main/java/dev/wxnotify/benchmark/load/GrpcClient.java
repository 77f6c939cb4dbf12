package dev.wxnotify.benchmark.load;

import dev.wxnotify.v1.NotificationServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A caller of the service: generates load by the contract, for ours and for the bare server. */
@Command(name = "grpc-client")
public final class GrpcClient implements Runnable {
  /** The bearer token that calls show; bare servers do not look at it. */
  public static final String TOKEN = "benchmark-caller-0123456789abcdef0123456789";

  private static final int MARKS = 10;

  @Option(names = "--port", required = true)
  private int port;

  @Option(names = "--ca", description = "Speak TLS, and trust this certificate.")
  private @Nullable File authority;

  @Option(names = "--anonymous", description = "Send no token.")
  private boolean anonymous;

  private final List<ManagedChannel> channels = new ArrayList<>();

  /** The process. */
  public static void main(String[] args) {
    new CommandLine(new GrpcClient()).execute(args);
  }

  @Override
  public void run() {
    try {
      Worker.serve(0, Load.class, this::run);
    } catch (Exception e) {
      throw new IllegalStateException("the load failed", e);
    }
  }

  private LoadResult run(Load load) throws Exception {
    connect(load.connections());
    return switch (load.kind()) {
      case BATCH -> BatchLoad.run(stubs(load.connections()), load, MARKS);
      case UNARY -> {
        Sender sender = new UnarySender(stubs(load.connections()));
        yield load.perSecond() > 0 ? OpenLoop.run(sender, load) : ClosedLoop.run(sender, load);
      }
    };
  }

  /** A channel is one connection. Those of former loads are used again, the rest is closed. */
  private void connect(int connections) throws Exception {
    while (channels.size() < connections) {
      NettyChannelBuilder builder =
          NettyChannelBuilder.forAddress("127.0.0.1", port)
              .directExecutor()
              .intercept(MetadataUtils.newAttachHeadersInterceptor(credentials()));
      if (authority == null) {
        builder.usePlaintext();
      } else {
        builder
            .overrideAuthority("localhost")
            .sslContext(GrpcSslContexts.forClient().trustManager(authority).build());
      }
      channels.add(builder.build());
    }
    while (channels.size() > connections) {
      ManagedChannel channel = channels.remove(channels.size() - 1);
      channel.shutdown().awaitTermination(1, TimeUnit.SECONDS);
    }
  }

  private Metadata credentials() {
    Metadata headers = new Metadata();
    if (!anonymous) {
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + TOKEN);
    }
    return headers;
  }

  private NotificationServiceGrpc.NotificationServiceStub[] stubs(int connections) {
    return channels.stream()
        .limit(connections)
        .map(NotificationServiceGrpc::newStub)
        .toArray(NotificationServiceGrpc.NotificationServiceStub[]::new);
  }
}
