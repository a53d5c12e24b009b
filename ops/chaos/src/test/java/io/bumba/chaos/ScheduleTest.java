package io.bumba.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Plan PLAN = Plan.usual(42, Duration.ofMinutes(2));

    @Test
    void theSamePlanGivesTheSameStrikes() {
        assertThat(Schedule.of(PLAN)).isEqualTo(Schedule.of(PLAN));
        assertThat(Schedule.of(PLAN).strikes()).hasSizeGreaterThan(50);
        assertThat(Schedule.of(Plan.usual(43, Duration.ofMinutes(2)))).isNotEqualTo(Schedule.of(PLAN));
    }

    @Test
    void strikesOfOneLaneDoNotOverlapAndEndInTime() {
        for (Kind.Lane lane : Kind.Lane.values()) {
            List<Strike> strikes = Schedule.of(PLAN).of(lane);
            for (int i = 1; i < strikes.size(); i++) {
                Strike before = strikes.get(i - 1);
                assertThat(strikes.get(i).at())
                        .isGreaterThanOrEqualTo(before.at().plus(before.lasts()));
            }
            Strike last = strikes.get(strikes.size() - 1);
            assertThat(last.at().plus(last.lasts())).isLessThanOrEqualTo(PLAN.duration());
        }
    }

    @Test
    void everyKindThatIsAllowedComesAndNoOther() {
        assertThat(Schedule.of(Plan.usual(7, Duration.ofMinutes(10))).strikes())
                .extracting(Strike::kind)
                .hasSameElementsAs(Kind.usual());
        assertThat(Schedule.of(PLAN.with(EnumSet.of(Kind.OUTAGE), Duration.ofSeconds(1)))
                        .strikes())
                .extracting(Strike::kind)
                .containsOnly(Kind.OUTAGE);
    }

    @Test
    void theSameSeedGivesTheSameSteps() {
        assertThat(steps(1)).isEqualTo(steps(1)).isNotEqualTo(steps(2));
        assertThat(steps(1)).extracting(Step::use).contains(Step.Use.values());
        assertThat(steps(1)).extracting(Step::manner).contains(Step.Manner.values());
    }

    @Test
    void aWorkloadIsReadAsItWasWritten() {
        assertThat(Workload.parse(Workload.usual().words())).isEqualTo(Workload.usual());
    }

    private static List<Step> steps(long seed) {
        SplittableRandom random = Seeds.of(seed, "w0.0 agent 1");
        return Stream.generate(() -> Step.draw(Workload.usual(), random))
                .limit(300)
                .toList();
    }
}
