#include "server/tenure/tenure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace perdure::server {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

const service_failure away{status_code::unavailable, "the database does not answer"};
const service_failure stale{status_code::failed_precondition, "another server took over (epoch 8)"};

/// A store that others share, and a clock that the test moves.
class Tenure : public ::testing::Test {
  protected:
    void open() {
        ASSERT_EQ(life.take_step(now), tenure_step::open);
        life.opened(done{}, now);
    }
    void own() {
        open();
        ASSERT_EQ(life.take_step(now), tenure_step::acquire);
        life.acquired(history::lease_answer{history::shard_lease{.epoch = 7}}, now);
        ASSERT_EQ(life.state(), standing::owner);
        (void)life.take_notice();
    }
    [[nodiscard]] static result<history::lease_answer> held(std::chrono::milliseconds remaining) {
        return history::lease_answer{history::lease_holder{.owner = "alpha", .epoch = 7, .remaining = remaining}};
    }
    /// Moves the clock to when something is due.
    void wait() {
        const auto due = life.next_due();
        ASSERT_TRUE(due);
        ASSERT_GT(*due, now);
        now = *due;
        life.advance(now);
    }

    boot_time now{1'000s};
    tenure life{{.lease = 3s}, true};
};

TEST_F(Tenure, OpensTakesAndRenewsInTimeToSpare) {
    own();
    const boot_time taken = now;
    EXPECT_TRUE(life.holds(now));
    for (int round = 0; round < 10; ++round) {
        wait();
        ASSERT_EQ(life.take_step(now), tenure_step::renew);
        life.renewed(done{}, now);
        EXPECT_EQ(now - taken, (round + 1) * 1s);
        EXPECT_TRUE(life.holds(now));
    }
    EXPECT_FALSE(life.take_notice()) << "nothing has changed";
}

TEST_F(Tenure, OneStepIsUnderWayAtATime) {
    ASSERT_EQ(life.take_step(now), tenure_step::open);
    EXPECT_FALSE(life.take_step(now + 1h));
    EXPECT_FALSE(life.next_due());
}

TEST_F(Tenure, CountsTheLeaseFromTheQuestionNotFromTheAnswer) {
    open();
    ASSERT_EQ(life.take_step(now), tenure_step::acquire);
    const boot_time asked = now;
    now += 2s;
    life.acquired(history::lease_answer{history::shard_lease{.epoch = 7}}, now);
    EXPECT_TRUE(life.holds(asked + 2'699ms));
    EXPECT_FALSE(life.holds(asked + 2'700ms));
}

TEST_F(Tenure, AnAnswerThatCameTooLateIsNoLease) {
    open();
    ASSERT_EQ(life.take_step(now), tenure_step::acquire);
    now += 5s;
    life.acquired(history::lease_answer{history::shard_lease{.epoch = 7}}, now);
    EXPECT_FALSE(life.holds(now));
    EXPECT_EQ(life.state(), standing::standby);
}

TEST_F(Tenure, StandsByAndFollowsSoonAfterTheLeaseRunsOut) {
    open();
    ASSERT_EQ(life.take_step(now), tenure_step::acquire);
    life.acquired(held(3s), now);
    EXPECT_EQ(life.state(), standing::standby);
    EXPECT_EQ(life.refusal().code, status_code::unavailable);
    EXPECT_THAT(life.refusal().message, HasSubstr("standby: server 'alpha' holds the lease (epoch 7)"));
    EXPECT_THAT(life.take_notice()->text, HasSubstr("alpha"));
    const boot_time end = now + 3s;
    int asked = 0;
    while (life.state() == standing::standby) {
        wait();
        ASSERT_EQ(life.take_step(now), tenure_step::acquire);
        ++asked;
        if (now >= end) {
            life.acquired(history::lease_answer{history::shard_lease{.epoch = 8}}, now);
        } else {
            life.acquired(held(std::chrono::duration_cast<std::chrono::milliseconds>(end - now)), now);
            EXPECT_FALSE(life.take_notice()) << "the same holder is named once";
        }
    }
    EXPECT_LE(now - end, 250ms);
    EXPECT_LE(asked, 13);
    EXPECT_TRUE(life.holds(now));
    EXPECT_EQ(life.lease().epoch, 8);
}

TEST_F(Tenure, AStoreThatIsAwayIsWaitedForWithGrowingPausesAndOneNotice) {
    std::chrono::nanoseconds before{0};
    for (int attempt = 0; attempt < 8; ++attempt) {
        ASSERT_EQ(life.take_step(now), tenure_step::open) << attempt;
        life.opened(away, now);
        EXPECT_EQ(life.state(), standing::connecting);
        EXPECT_EQ(life.take_notice().has_value(), attempt == 0);
        EXPECT_THAT(life.refusal().message, HasSubstr(away.message));
        const auto pause = *life.next_due() - now;
        EXPECT_GE(pause, before);
        EXPECT_LE(pause, 1s);
        before = pause;
        wait();
    }
    EXPECT_EQ(before, 1s);
    open();
}

TEST_F(Tenure, AMistakeThatNobodyElseCanMendEndsAServerThatNeverServed) {
    ASSERT_EQ(life.take_step(now), tenure_step::open);
    life.opened(service_failure{status_code::failed_precondition, "the role lacks a right"}, now);
    EXPECT_EQ(life.state(), standing::over);
    ASSERT_TRUE(life.failure());
    EXPECT_EQ(life.failure()->message, "the role lacks a right");
    EXPECT_FALSE(life.take_step(now + 1h));
    EXPECT_FALSE(life.next_due());
}

TEST_F(Tenure, AServerThatServedWaitsThroughTheSameMistake) {
    own();
    life.lost(stale, now);
    wait();
    ASSERT_EQ(life.take_step(now), tenure_step::acquire);
    life.acquired(service_failure{status_code::failed_precondition, "the database is read only"}, now);
    EXPECT_EQ(life.state(), standing::connecting);
    EXPECT_FALSE(life.failure());
    EXPECT_TRUE(life.next_due());
}

TEST_F(Tenure, ALeaseThatIsNotRenewedIsLostByItsOwnClock) {
    own();
    const boot_time taken = now;
    while (life.state() == standing::owner) {
        wait();
        if (const auto step = life.take_step(now)) {
            ASSERT_EQ(step, tenure_step::renew);
            life.renewed(away, now);
        }
    }
    EXPECT_EQ(now - taken, 2'700ms);
    EXPECT_FALSE(life.holds(now));
    EXPECT_THAT(life.take_notice()->text, HasSubstr("not renewed in time"));
    EXPECT_EQ(life.refusal().code, status_code::unavailable);
}

TEST_F(Tenure, APausedProcessHoldsNothingWhenItWakesUp) {
    own();
    now += 20s;
    EXPECT_FALSE(life.holds(now)) << "before anything was told the time";
    life.advance(now);
    EXPECT_EQ(life.state(), standing::standby);
}

TEST_F(Tenure, ARenewalThatHangsDoesNotKeepTheLease) {
    own();
    wait();
    ASSERT_EQ(life.take_step(now), tenure_step::renew);
    wait();
    EXPECT_EQ(life.state(), standing::standby);
    life.renewed(done{}, now);
    EXPECT_EQ(life.state(), standing::standby) << "the answer is about a lease of the past";
    wait();
    EXPECT_EQ(life.take_step(now), tenure_step::acquire);
}

TEST_F(Tenure, AStaleCommitIsTheEndOfIt) {
    own();
    life.lost(stale, now);
    EXPECT_FALSE(life.holds(now));
    EXPECT_THAT(life.refusal().message, HasSubstr(stale.message));
    EXPECT_TRUE(life.refusal().retryable());
}

TEST_F(Tenure, ACommitRenewsToo) {
    own();
    now += 900ms;
    life.committed(now);
    EXPECT_TRUE(life.holds(now + 2'699ms));
    EXPECT_EQ(*life.next_due(), now + 1s) << "and saves a renewal";
    life.committed(now - 800ms);
    EXPECT_TRUE(life.holds(now + 2'699ms)) << "an older one takes nothing back";
}

TEST(TenureOfItsOwnStore, IsTakenOnceAndKept) {
    tenure life({}, false);
    const boot_time now{1s};
    ASSERT_EQ(life.take_step(now), tenure_step::open);
    life.opened(done{}, now);
    ASSERT_EQ(life.take_step(now), tenure_step::acquire);
    life.acquired(history::lease_answer{history::shard_lease{.epoch = 1}}, now);
    EXPECT_TRUE(life.holds(now + 1'000h));
    EXPECT_FALSE(life.take_step(now + 1'000h));
    EXPECT_FALSE(life.next_due());
    life.lost(stale, now);
    EXPECT_TRUE(life.holds(now));
}

TEST(TenureOfItsOwnStore, WaitsForNothing) {
    tenure life({}, false);
    ASSERT_EQ(life.take_step(boot_time{}), tenure_step::open);
    life.opened(away, boot_time{});
    EXPECT_EQ(life.failure(), away);
}

}  // namespace
}  // namespace perdure::server
