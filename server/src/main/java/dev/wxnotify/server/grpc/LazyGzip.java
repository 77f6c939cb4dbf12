package dev.wxnotify.server.grpc;

import io.grpc.Codec;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Gzip that is decoded when the message is read, inside the interceptors. gRPC's own decompressor
 * reads the beginning before them, and answers data that is not gzip with UNKNOWN and no details.
 */
final class LazyGzip implements Decompressor {
  private LazyGzip() {}

  /** Returns the supported encodings: no compression, and gzip. */
  static DecompressorRegistry registry() {
    return DecompressorRegistry.emptyInstance()
        .with(Codec.Identity.NONE, false)
        .with(new LazyGzip(), true);
  }

  @Override
  public String getMessageEncoding() {
    return "gzip";
  }

  @Override
  public InputStream decompress(InputStream compressed) {
    return new InputStream() {
      private @Nullable InputStream unpacked;

      private InputStream unpacked() throws IOException {
        InputStream opened = unpacked;
        if (opened == null) {
          opened = new GZIPInputStream(compressed);
          unpacked = opened;
        }
        return opened;
      }

      @Override
      public int read() throws IOException {
        return unpacked().read();
      }

      @Override
      public int read(byte[] to, int offset, int length) throws IOException {
        return unpacked().read(to, offset, length);
      }

      @Override
      public void close() throws IOException {
        compressed.close();
      }
    };
  }
}
