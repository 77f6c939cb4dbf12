package dev.wxnotify.server.wechat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ExchangeHandlerTest {
  private final AtomicInteger asked = new AtomicInteger();
  private final ExchangeHandler handler = new ExchangeHandler(() -> asked.incrementAndGet() > 0);

  @Test
  void timeout_rightBeforeTheRequestIsWritten_keepsItFromBeingWritten() {
    handler.onThrowable(new TimeoutException());

    assertThatThrownBy(handler::beginWriting).isInstanceOf(RuntimeException.class);
    assertThat(asked).as("the gate was asked").hasValue(0);
    assertThat(handler.result())
        .isCompletedWithValue(new HttpResult.NotWritten("no answer in time"));
  }

  @Test
  void timeout_afterTheRequestWasWritten_isBroken() {
    handler.beginWriting();
    handler.onThrowable(new TimeoutException());

    assertThat(handler.result()).isCompletedWithValue(new HttpResult.Broken("no answer in time"));
  }

  @Test
  void connectException_afterTheRequestWasWritten_isBroken() {
    handler.beginWriting();
    handler.onThrowable(new ConnectException("Connection refused"));

    assertThat(handler.result())
        .isCompletedWithValue(new HttpResult.Broken("ConnectException: Connection refused"));
  }

  @Test
  void ioException_whateverItsText_isABrokenConnection() {
    handler.onThrowable(new IOException("POST /x?access_token=98_token"));

    assertThat(handler.result())
        .isCompletedWithValue(new HttpResult.NotWritten("the connection broke"));
  }

  @Test
  void otherException_whateverItsText_isNamedByItsClassOnly() {
    handler.onThrowable(new IllegalStateException("POST /x?access_token=98_token"));

    assertThat(handler.result())
        .isCompletedWithValue(
            new HttpResult.NotWritten("the connection failed (IllegalStateException)"));
  }

  @Test
  void end_afterAnEnd_changesNothing() {
    handler.beginWriting();
    handler.onThrowable(new TimeoutException());
    handler.onCompleted();

    assertThat(handler.result()).isCompletedWithValue(new HttpResult.Broken("no answer in time"));
  }
}
