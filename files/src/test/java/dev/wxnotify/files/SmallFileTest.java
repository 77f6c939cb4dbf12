package dev.wxnotify.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class SmallFileTest {
  private final Path directory;

  SmallFileTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void file_ofTheLargestSize_isRead_andOneByteMoreIsRefused() throws Exception {
    Path file = Files.write(directory.resolve("large"), new byte[SmallFile.LARGEST]);
    assertThat(SmallFile.read(file)).hasSize(SmallFile.LARGEST);

    Files.write(file, new byte[SmallFile.LARGEST + 1]);
    assertRefused(file, "is larger than 1 MiB");
  }

  @Test
  void link_toAFile_isFollowed() throws Exception {
    Files.writeString(directory.resolve("file"), "content");
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("file"));

    assertThat(SmallFile.read(link)).asString().isEqualTo("content");
  }

  @Test
  void directory_andWhatIsNotThere_areRefused() throws Exception {
    assertRefused(directory, "is a directory, not a file");
    assertRefused(directory.resolve("absent"), "does not exist");
    assertRefused(directory.resolve("absent").resolve("below"), "does not exist");
    assertRefused(
        Files.createSymbolicLink(directory.resolve("dangling"), Path.of("absent")),
        "does not exist");
    assertRefused(
        Files.writeString(directory.resolve("file"), "").resolve("below"), "does not exist");
    assertThatThrownBy(() -> SmallFile.read("a\0b")).hasMessage("is not a path");
  }

  /** This pipe has no writer: opening it would block forever, and cannot be interrupted. */
  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void pipe_andDevice_areRefusedAtOnce() throws Exception {
    assertRefused(pipe(directory.resolve("pipe")), "is not a regular file");
    Path device = Path.of("/dev/zero");
    assumeThat(device).exists();
    assertRefused(device, "is not a regular file");
  }

  private static Path pipe(Path path) throws IOException, InterruptedException {
    Process mkfifo = new ProcessBuilder("mkfifo", path.toString()).inheritIO().start();
    assumeThat(mkfifo.waitFor()).isZero();
    return path;
  }

  private static void assertRefused(Path file, String why) {
    assertThatThrownBy(() -> SmallFile.read(file))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(why);
  }
}
