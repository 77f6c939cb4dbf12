package dev.wxnotify.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.qos.logback.classic.Level;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.LogCapture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
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

    replace(file, "two");
    awaitTold("two");
    replace(file, "three");
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

  /** As Kubernetes mounts secrets: the files are links through one directory that is replaced. */
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

    replace(file, "good");

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

  @Test
  void file_unreadableAgainAndAgain_isReportedOnceEachTime() throws Exception {
    Path file = write("secret", "one");
    Path tick = write("tick", "0");
    try (LogCapture log = LogCapture.open()) {
      add(file);
      add(tick);
      files.start();
      awaitTold("one");
      for (int episode = 1; episode <= 3; episode++) {
        int count = episode;
        Files.delete(file);
        Await.until(
            "episode " + count, () -> log.lines(Level.WARN, file.toString()).size() >= count);
        awaitLooks(tick); // It does not change, and is not reported again.
        replace(file, "one"); // The same as before: there is nothing to report.
        awaitLooks(tick);
      }

      assertThat(log.lines(Level.WARN, file.toString())).hasSize(3);
    }
    assertThat(told).containsOnlyOnce("one");
  }

  @Test
  void pipeOrDeviceOrFileWithoutEnd_inPlaceOfAFile_isReported_andOthersAreWatchedOn()
      throws Exception {
    Path first = write("first", "a1");
    Path second = write("second", "b1");
    try (LogCapture log = LogCapture.open()) {
      add(first);
      add(second);
      files.start();
      awaitTold("a1");
      awaitTold("b1");

      Path pipe = pipe("pipe");
      Files.move(pipe, first, StandardCopyOption.REPLACE_EXISTING);
      Await.until("reported", () -> !log.lines(Level.WARN, "not a regular file").isEmpty());
      Files.writeString(second, "b2");
      awaitTold("b2");

      Files.delete(first);
      Files.createSymbolicLink(first, Path.of("/dev/zero"));
      Await.until(
          "reported again", () -> !log.lines(Level.WARN, "first is not a regular").isEmpty());
      Files.writeString(second, "b3");
      awaitTold("b3");

      Files.delete(first);
      Files.write(first, new byte[2 * 1024 * 1024]);
      Await.until(
          "too large", () -> !log.lines(Level.WARN, "first is larger than 1 MiB").isEmpty());
      Files.delete(first);
      write("first", "a2");
      awaitTold("a2");
    }
  }

  @Test
  void pipe_thatIsThereFromTheStart_holdsNothingUp() throws Exception {
    Path pipe = pipe("pipe");
    Path file = write("secret", "one");
    add(pipe);
    add(file);
    files.start();

    awaitTold("one");
  }

  @Test
  void error_ofWhoTakesTheContent_isReportedOnce_andTriedAgain_andTheOthersGoOn() throws Exception {
    Path first = write("first", "a1");
    Path second = write("second", "b1");
    AtomicBoolean broken = new AtomicBoolean(true);
    try (LogCapture log = LogCapture.open()) {
      files.watch(
          "the first",
          List.of(first),
          contents -> {
            if (broken.get()) {
              throw new NoClassDefFoundError("some/Class");
            }
            told.add(new String(contents.get(0), StandardCharsets.UTF_8));
          });
      add(second);
      files.start();
      awaitTold("b1");
      Files.writeString(second, "b2");
      awaitTold("b2");

      broken.set(false);
      awaitTold("a1");
      assertThat(log.lines(Level.ERROR, "the first: unexpected failure")).hasSize(1);
    }
  }

  @Test
  void file_addedWhileOthersAreWatched_isTold() throws Exception {
    watch(write("first", "a1"));
    awaitTold("a1");

    add(write("second", "b1"));

    awaitTold("b1");
  }

  @Test
  void file_thatIsWatchedNoMore_isNotTold() throws Exception {
    Path file = write("secret", "one");
    Path tick = write("tick", "0");
    WatchedFiles.Watching watching = add(file);
    add(tick);
    files.start();
    awaitTold("one");

    watching.close();
    awaitLooks(tick); // A look that had begun has ended.
    replace(file, "two");
    awaitLooks(tick);

    assertThat(told).doesNotContain("two");
  }

  /** As where a change of the configuration removes an app, whose secret is next in the round. */
  @Test
  void file_thatAnotherLookWatchesNoMore_isNotLookedAtInThatRound() throws Exception {
    AtomicReference<WatchedFiles.@Nullable Watching> second = new AtomicReference<>();
    AtomicInteger closed = new AtomicInteger();
    AtomicInteger looks = new AtomicInteger();
    var ignored =
        files.watch(
            "the first",
            () -> {
              WatchedFiles.Watching watching = second.getAndSet(null);
              if (watching != null) {
                watching.close();
              }
              closed.incrementAndGet();
            });
    second.set(files.watch("the second", looks::incrementAndGet));
    files.start();

    Await.until("more rounds", () -> closed.get() > 3);
    assertThat(looks).hasValue(0);
  }

  /** As where a file lies on a network that hangs: the read returns when it likes. */
  @Test
  void read_thatDoesNotEnd_stopsNoOther_andIsGoneOnWithWhenItEnds() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    AtomicInteger looks = new AtomicInteger();
    Path file = write("secret", "one");
    try (LogCapture log = LogCapture.open()) {
      var ignored =
          files.watch(
              "the hanging file",
              () -> {
                looks.incrementAndGet();
                awaitUninterrupted(hangs);
              });
      add(file);
      files.start();
      awaitTold("one");
      replace(file, "two");
      awaitTold("two");
      assertThat(looks).as("looks at the one that hangs").hasValue(1);
      assertThat(log.lines(Level.WARN, "the hanging file: reading it takes longer")).hasSize(1);

      hangs.countDown();
      Await.until("it is looked at again", () -> looks.get() > 2);
      Await.until(
          "a look was in time",
          () -> !log.lines(Level.INFO, "the hanging file: it can be read again").isEmpty());
      assertThat(log.lines(Level.INFO, "the hanging file: it can be read again")).hasSize(1);
    }
  }

  @Test
  void close_whileAReadDoesNotEnd_doesNotWaitForIt() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    try (LogCapture log = LogCapture.open()) {
      var ignored =
          files.watch(
              "the hanging file",
              () -> {
                begun.countDown();
                awaitUninterrupted(hangs);
              });
      files.start();
      begun.await();
      files.close();
      hangs.countDown();
      assertThat(log.lines(Level.ERROR, "the hanging file")).isEmpty();
      assertThat(log.lines(Level.ERROR, "looking at files")).isEmpty();
    }
  }

  /** A read of a file is not interrupted either. */
  private static void awaitUninterrupted(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // Goes on.
      }
    }
  }

  private int ticks;

  /** Returns when every file has been checked: a reported change was seen twice. */
  private void awaitLooks(Path tick) throws Exception {
    for (int i = 0; i < 2; i++) {
      ticks++;
      Files.writeString(tick, "tick " + ticks);
      awaitTold("tick " + ticks);
    }
  }

  private Path pipe(String name) throws Exception {
    Path pipe = directory.resolve(name);
    assumeThat(new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start().waitFor())
        .isZero();
    return pipe;
  }

  /** Atomically, so that no two checks on a busy machine see it half written. */
  private void replace(Path file, String content) throws IOException {
    Files.move(
        write("next", content),
        file,
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  private void watch(Path... watched) {
    add(watched);
    files.start();
  }

  private WatchedFiles.Watching add(Path... watched) {
    return files.watch(
        "the files",
        List.of(watched),
        contents -> {
          StringBuilder text = new StringBuilder();
          contents.forEach(content -> text.append(new String(content, StandardCharsets.UTF_8)));
          told.add(text.toString());
        });
  }

  private void awaitTold(String content) throws Exception {
    Await.until(content + " is told", () -> told.contains(content));
  }
}
