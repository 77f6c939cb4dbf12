package dev.wxnotify.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.benchmark.report.Target.Verdict;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TargetTest {

  @Test
  void of_steadySeries_isJudged() {
    Series steady = new Series(List.of(), "");

    assertThat(Target.of("what", "1", "0.9", true, steady).verdict()).isEqualTo(Verdict.MET);
    assertThat(Target.of("what", "1", "1.1", false, steady).verdict()).isEqualTo(Verdict.MISSED);
  }

  @Test
  void of_anySeriesInDoubt_isNotJudgedAndSaysWhyOnce() {
    Series steady = new Series(List.of(), "");
    Series unsteady = new Series(List.of(), "relay was not steady after 30 turns");

    Target target = Target.of("what", "1", "0.9", true, steady, unsteady, unsteady);

    assertThat(target.verdict()).isEqualTo(Verdict.NOT_JUDGED);
    assertThat(target.inWords()).isEqualTo("not judged: relay was not steady after 30 turns");
  }

  @Test
  void stated_anyFigure_hasNoVerdict() {
    assertThat(Target.stated("what", "3.1", Stream.of("")).inWords()).isEqualTo("–");
    assertThat(Target.stated("what", "3.1", Stream.of("not steady")).inWords())
        .isEqualTo("doubtful: not steady");
  }

  @Test
  void notJudged_statedFigure_staysStated() {
    Target target = Target.stated("what", "3.1", Stream.of("")).notJudged("a smoke run");

    assertThat(target.verdict()).isEqualTo(Verdict.STATED);
  }
}
