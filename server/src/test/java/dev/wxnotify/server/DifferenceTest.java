package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DifferenceTest {
  private record Thing(String name, int value) {}

  @Test
  void between_twoLists_namesWhatDiffers() {
    Difference difference =
        Difference.between(
            List.of(new Thing("same", 1), new Thing("gone", 1), new Thing("other", 1)),
            List.of(new Thing("new", 1), new Thing("other", 2), new Thing("same", 1)),
            Thing::name);

    assertThat(difference)
        .isEqualTo(new Difference(List.of("new"), List.of("other"), List.of("gone")));
    assertThat(difference.texts("things"))
        .containsExactly("things added: new", "things changed: other", "things removed: gone");
  }

  @Test
  void between_equalLists_isNothing() {
    List<Thing> things = List.of(new Thing("a", 1), new Thing("b", 2));

    assertThat(
            Difference.between(things, List.of(things.get(1), things.get(0)), Thing::name)
                .texts("things"))
        .isEmpty();
  }
}
