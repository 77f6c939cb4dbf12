package dev.wxnotify.server.wechat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.util.List;

/**
 * Reads answers, and only while one is awaited. Bytes that come at any other time are nobody's
 * answer: a general decoder would keep them and take them for the beginning of the next one.
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

  /** Two lengths for one body: whichever is believed, what follows may be somebody else's. */
  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both content-length and chunked");
  }
}
