package dev.wxnotify.server.grpc;

import dev.wxnotify.server.journal.MessageQuery.Place;
import dev.wxnotify.v1.ListMessagesRequest;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The places between the pages of a list, as texts that mean nothing to callers. A token holds the
 * place and a part of the hash of the filters, so that it cannot go on with others by mistake. It
 * gives no rights: they are checked with each page.
 */
final class PageTokens {
  /** The first byte; another form of the token gets another one. */
  private static final byte FORM = 1;

  private static final int BYTES = 1 + Long.BYTES + Integer.BYTES + Long.BYTES + Long.BYTES;

  private PageTokens() {}

  /** Returns the token of the page after {@code place}. */
  static String after(Place place, ListMessagesRequest request) {
    Instant beganAt = place.beganAt();
    ByteBuffer token =
        ByteBuffer.allocate(BYTES)
            .put(FORM)
            .putLong(beganAt.getEpochSecond())
            .putInt(beganAt.getNano())
            .putLong(place.sequence())
            .putLong(hash(request));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token.array());
  }

  /** Returns the place that the request names; null for the first page, or where it is wrong. */
  static @Nullable Place place(ListMessagesRequest request, RequestCheck check) {
    if (request.getPageToken().isEmpty()) {
      return null;
    }
    ByteBuffer token = decoded(request.getPageToken());
    if (token == null || token.remaining() != BYTES || token.get() != FORM) {
      check.add("page_token", "is not a page token of this server");
      return null;
    }
    long second = token.getLong();
    int nanos = token.getInt();
    long sequence = token.getLong();
    if (token.getLong() != hash(request)) {
      check.add("page_token", "is of a list with other filters");
      return null;
    }
    if (!RequestCheck.isTime(second, nanos)) {
      check.add("page_token", "is not a page token of this server");
      return null;
    }
    return new Place(Instant.ofEpochSecond(second, nanos), sequence);
  }

  private static @Nullable ByteBuffer decoded(String token) {
    try {
      return ByteBuffer.wrap(Base64.getUrlDecoder().decode(token));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static long hash(ListMessagesRequest request) {
    byte[] filters = request.toBuilder().clearPageSize().clearPageToken().build().toByteArray();
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(filters)).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
