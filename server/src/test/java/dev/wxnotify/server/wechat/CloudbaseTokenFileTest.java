package dev.wxnotify.server.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.token.TokenReader.Found;
import dev.wxnotify.server.token.TokenReader.NotFound;
import dev.wxnotify.server.token.TokenReader.Reading;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CloudbaseTokenFileTest {
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final FakeClock clock = new FakeClock();
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final Path file;
  private final CloudbaseTokenFile reader;

  CloudbaseTokenFileTest(@TempDir Path directory) {
    file = directory.resolve("cloudbase_access_token");
    reader = new CloudbaseTokenFile(file, thread, clock);
  }

  @AfterEach
  void close() {
    thread.shutdownNow();
  }

  private Reading read() throws Exception {
    return Await.result(reader.read());
  }

  private void write(String content, Duration age) throws Exception {
    Files.writeString(file, content);
    Files.setLastModifiedTime(file, FileTime.from(clock.instant().minus(age)));
  }

  private static String why(Reading reading) {
    return ((NotFound) reading).why().explanation();
  }

  @Test
  void token_livesThirtyMinutes_fromWhenItWasWritten() throws Exception {
    write("  98_a\n", Duration.ofMinutes(4));

    assertThat(read()).isEqualTo(new Found("98_a", Duration.ofMinutes(26), LOOK, Duration.ZERO));
    clock.advance(Duration.ofMinutes(6));
    assertThat(read()).isEqualTo(new Found("98_a", Duration.ofMinutes(20), LOOK, Duration.ZERO));
    write("98_b", Duration.ZERO);
    assertThat(read()).isEqualTo(new Found("98_b", Duration.ofMinutes(30), LOOK, Duration.ZERO));
  }

  /** A file may be copied, or come from another clock. */
  @Test
  void time_thatCannotBeRight_isReplacedByNow() throws Exception {
    for (Duration age : new Duration[] {Duration.ofDays(1), Duration.ofHours(-1)}) {
      write("98_" + age.toHours(), age);
      assertThat(read())
          .isInstanceOfSatisfying(
              Found.class, found -> assertThat(found.life()).isEqualTo(Duration.ofMinutes(30)));
    }
  }

  @Test
  void file_thatIsNotRenewed_isNoTokenInTheEnd() throws Exception {
    write("98_a", Duration.ZERO);
    assertThat(read()).isInstanceOf(Found.class);
    clock.advance(Duration.ofMinutes(30));

    assertThat(why(read())).contains("has not changed for 30 minutes");
  }

  @Test
  void file_thatHoldsNoToken_isExplained_andNotRepeated() throws Exception {
    assertThat(why(read())).endsWith("token.cloudbase-file does not exist");
    write("", Duration.ZERO);
    assertThat(why(read())).endsWith("is empty");
    write("98_hush one\n98_hush two", Duration.ZERO);
    assertThat(why(read())).contains("is not plain text").doesNotContain("hush");
    Files.delete(file);
    Files.createDirectory(file);
    assertThat(why(read())).endsWith("is a directory, not a file");
  }

  /** Nobody waits for a file on a network that hangs, and looks do not pile up. */
  @Test
  void look_thatDoesNotEnd_isGivenUp() throws Exception {
    write("98_a", Duration.ZERO);
    CountDownLatch hanging = new CountDownLatch(1);
    thread.execute(
        () -> {
          try {
            hanging.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });

    assertThat(why(read())).endsWith("cannot be read within 2 s");
    assertThat(why(read())).endsWith("the last look has not ended");
    hanging.countDown();
    Await.until("it is read again", () -> read() instanceof Found);
  }
}
