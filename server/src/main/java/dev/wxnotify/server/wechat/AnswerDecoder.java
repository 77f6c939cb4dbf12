package dev.wxnotify.server.wechat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.util.List;

/**
 * Reads answers, and only while one is awaited. Bytes that arrive at any other time belong to no
 * request: a general decoder would keep them and use them as the beginning of the next answer.
 */
final class AnswerDecoder extends HttpResponseDecoder {
  private static final int MAX_LINE = 4 * 1024;
  private static final int MAX_HEADERS = 16 * 1024;
  private static final int MAX_CHUNK = 16 * 1024;

  private final Connection connection;

  AnswerDecoder(Connection connection) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_LINE)
            .setMaxHeaderSize(MAX_HEADERS)
            .setMaxChunkSize(MAX_CHUNK)
            .setHeadersFactory(DefaultHttpHeadersFactory.headersFactory().withValidation(false))
            .setTrailersFactory(DefaultHttpHeadersFactory.trailersFactory().withValidation(false)));
    this.connection = connection;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> out)
      throws Exception {
    if (connection.takesBytes()) {
      super.decode(context, bytes, out);
    } else if (bytes.isReadable()) {
      bytes.skipBytes(bytes.readableBytes());
      connection.onSurplus();
    }
  }

  /**
   * Two lengths for one body: with either of them, the bytes that follow may belong to another
   * answer.
   */
  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both content-length and chunked");
  }
}
