package dev.wxnotify.client;

import dev.wxnotify.v1.ListMessagesRequest;
import dev.wxnotify.v1.ListMessagesResponse;
import dev.wxnotify.v1.Message;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** All messages of a list, of which one page is in memory. */
final class MessagePages implements Iterator<Message> {
  private final MessageClient messages;
  private Iterator<Message> page = Collections.emptyIterator();

  /** What asks for the next page; null after the last one. */
  private @Nullable ListMessagesRequest next;

  MessagePages(MessageClient messages, ListMessagesRequest request) {
    this.messages = messages;
    this.next = request;
  }

  @Override
  public boolean hasNext() {
    ListMessagesRequest request = next;
    while (!page.hasNext() && request != null) {
      ListMessagesResponse response = messages.list(request);
      page = response.getMessagesList().iterator();
      String token = response.getNextPageToken();
      request = token.isEmpty() ? null : request.toBuilder().setPageToken(token).build();
      next = request;
    }
    return page.hasNext();
  }

  @Override
  public Message next() {
    if (!hasNext()) {
      throw new NoSuchElementException("there are no more messages");
    }
    return page.next();
  }
}
