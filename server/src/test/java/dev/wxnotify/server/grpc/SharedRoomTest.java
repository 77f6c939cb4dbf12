package dev.wxnotify.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharedRoomTest {
  private final SharedRoom room = new SharedRoom(1_000, 10);

  @Test
  void firstHalf_isForWhoComesFirst() {
    SharedRoom.Share first = room.open();
    room.open();

    assertThat(first.tryTake(500)).isTrue();
    assertThat(first.tryTake(1)).isFalse();
  }

  @Test
  void secondHalf_isSharedEqually() {
    SharedRoom.Share first = room.open();
    SharedRoom.Share second = room.open();
    first.take(500);

    assertThat(second.tryTake(250)).isTrue();
    assertThat(second.tryTake(1)).isFalse();
  }

  @Test
  void everyShare_hasItsLeast_howeverManyThereAre() {
    List<SharedRoom.Share> all = new ArrayList<>();
    room.open().take(500);
    for (int i = 0; i < 200; i++) {
      all.add(room.open());
    }

    assertThat(all).allMatch(share -> share.tryTake(10)).noneMatch(share -> share.tryTake(1));
  }

  @Test
  void whatIsGivenBack_isThereForOthers() {
    SharedRoom.Share first = room.open();
    SharedRoom.Share second = room.open();
    first.take(800);
    first.give(400);

    assertThat(second.tryTake(100)).isTrue();
    assertThat(room.used()).isEqualTo(500);
  }

  @Test
  void close_givesBackEverything_once() {
    SharedRoom.Share first = room.open();
    first.take(300);
    first.close();
    first.close();
    first.give(100);
    first.take(200);

    assertThat(room.used()).isZero();
    SharedRoom.Share other = room.open();
    other.take(500);
    assertThat(room.open().hasRoomFor(250)).isTrue();
  }
}
