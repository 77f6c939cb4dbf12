package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFilesTest {
  private final WatchedFiles files = new WatchedFiles(Duration.ofMillis(5));
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final Path directory;

  WatchedFilesTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @AfterEach
  void close() {
    files.close();
  }

  @Test
  void content_changed_isToldOnce() throws Exception {
    Path file = write("secret", "one");
    watch(file);
    awaitTold("one");

    Files.writeString(file, "two");
    awaitTold("two");
    Files.writeString(file, "three");
    awaitTold("three");

    assertThat(told).containsExactly("one", "two", "three");
  }

  @Test
  void file_movedIntoPlaceWithItsOldTime_isTold() throws Exception {
    Path file = write("secret", "one");
    watch(file);
    awaitTold("one");

    Path next = write("next", "two");
    Files.setLastModifiedTime(next, Files.getLastModifiedTime(file));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

    awaitTold("two");
  }

  /** As Kubernetes mounts secrets: the files are links through one directory that is exchanged. */
  @Test
  void link_turned_isTold() throws Exception {
    Files.createDirectory(directory.resolve("v1"));
    Files.createDirectory(directory.resolve("v2"));
    write("v1/secret", "one");
    write("v2/secret", "two");
    Path data = directory.resolve("..data");
    Files.createSymbolicLink(data, Path.of("v1"));
    Path file = directory.resolve("secret");
    Files.createSymbolicLink(file, Path.of("..data", "secret"));
    watch(file);
    awaitTold("one");

    Path turned = directory.resolve("..data_tmp");
    Files.createSymbolicLink(turned, Path.of("v2"));
    Files.move(turned, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

    awaitTold("two");
  }

  @Test
  void file_goneForAWhile_isToldWhenItIsBack() throws Exception {
    Path file = write("secret", "one");
    watch(file);
    awaitTold("one");

    Files.delete(file);
    Files.writeString(file, "two");

    awaitTold("two");
  }

  @Test
  void change_thatIsRefused_isFollowedByTheNext() throws Exception {
    Path file = write("secret", "bad");
    files.watch(
        "the secret",
        List.of(file),
        contents -> {
          String text = new String(contents.get(0), StandardCharsets.UTF_8);
          told.add(text);
          if (text.equals("bad")) {
            throw new IOException("is bad");
          }
        });
    files.start();
    awaitTold("bad");

    Files.writeString(file, "good");

    awaitTold("good");
    assertThat(told).containsExactly("bad", "good");
  }

  @Test
  void files_ofOneWatch_areToldTogether() throws Exception {
    Path first = write("first", "a1");
    Path second = write("second", "b1");
    watch(first, second);
    awaitTold("a1b1");

    Files.writeString(first, "a2");
    Files.writeString(second, "b2");

    awaitTold("a2b2");
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  private void watch(Path... watched) {
    files.watch(
        "the files",
        List.of(watched),
        contents -> {
          StringBuilder text = new StringBuilder();
          contents.forEach(content -> text.append(new String(content, StandardCharsets.UTF_8)));
          told.add(text.toString());
        });
    files.start();
  }

  private void awaitTold(String content) throws Exception {
    Await.until(content + " is told", () -> told.contains(content));
  }
}
