package dev.wxnotify.server.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.qos.logback.classic.Level;
import dev.wxnotify.server.testing.LogCapture;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PasswordFileTest {
  private final Path file;
  private final PasswordFile password;

  PasswordFileTest(@TempDir Path directory) throws Exception {
    file = Files.writeString(directory.resolve("password"), "\uFEFFfirst\r\n");
    password = new PasswordFile("user", file);
  }

  @Test
  void password_ofTheFile_isTheTextAloneAndReadAnew() throws Exception {
    assertThat(read()).isEqualTo("first");
    Files.writeString(file, "second\n");
    assertThat(read()).isEqualTo("second");
  }

  @Test
  void file_thatHoldsNoSecret_isReportedOnceEachTime_andTheOldPasswordIsUsed() throws Exception {
    assertThat(read()).isEqualTo("first");
    try (LogCapture log = LogCapture.open()) {
      for (String content : new String[] {"", "\"second\"", "second\nthird", "second\0"}) {
        Files.writeString(file, content);
        assertThat(read()).isEqualTo("first");
        assertThat(read()).isEqualTo("first");
        Files.writeString(file, "first");
        assertThat(read()).isEqualTo("first");
      }
      assertThat(log.lines(Level.WARN, "redis: the password file")).hasSize(4);
      assertThat(log.everything()).doesNotContain("second");
    }
  }

  /** Nobody writes to the pipe: the event loop that asks would wait for ever. */
  @Test
  void pipe_inPlaceOfTheFile_isNotRead() throws Exception {
    assertThat(read()).isEqualTo("first");
    Files.delete(file);
    assumeThat(new ProcessBuilder("mkfifo", file.toString()).inheritIO().start().waitFor())
        .isZero();

    assertThat(read()).isEqualTo("first");
  }

  private String read() {
    return new String(password.resolveCredentialsNow().getPassword());
  }
}
