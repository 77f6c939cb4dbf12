package dev.wxnotify.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class SpreadTest {

  @Test
  void of_oddNumberOfValues_hasTheMiddleOne() {
    assertThat(Spread.of(DoubleStream.of(9, 1, 4))).isEqualTo(new Spread(4, 1, 9));
  }

  @Test
  void of_evenNumberOfValues_hasTheMeanOfTheMiddleOnes() {
    assertThat(Spread.of(DoubleStream.of(8, 1, 4, 2))).isEqualTo(new Spread(3, 1, 8));
  }

  @Test
  void show_largeValues_groupsDigits() {
    assertThat(new Spread(1234.56, 1000, 2000).show(1)).isEqualTo("1,234.6 (1,000.0–2,000.0)");
  }
}
