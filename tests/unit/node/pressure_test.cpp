#include "server/node/pressure.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace perdure::server::test {
namespace {

using namespace std::chrono_literals;

/// Waits for the thread, in milliseconds, by interval of 100 ms; none: nobody measured.
using intervals = std::vector<std::vector<int>>;

struct pressure_case {
    std::string name;
    intervals waits;
    bool held_back;
};

class pressure_of : public testing::TestWithParam<pressure_case> {};

TEST_P(pressure_of, waits) {
    pressure seen(50ms, 100ms);
    matching::instant at = 1h;
    for (const auto& interval : GetParam().waits) {
        matching::instant within = at;
        for (const int wait : interval) seen.waited_for_thread(within += 10ms, std::chrono::milliseconds(wait));
        static_cast<void>(seen.level(within));
        at += 101ms;
    }
    EXPECT_EQ(seen.level(at) > 0, GetParam().held_back);
}

const intervals one_stall{{1, 2}, {1'000, 3, 1}, {1, 1}};
const intervals two_stalls{{1, 2}, {1'000, 3, 1}, {900, 1}, {1, 1}};

INSTANTIATE_TEST_SUITE_P(table, pressure_of,
                         testing::Values(pressure_case{"short_waits", {{1, 2}, {40, 45}, {49, 49}}, false},
                                         pressure_case{"one_stall", one_stall, false},
                                         pressure_case{"stalls_with_short_waits_between", two_stalls, false},
                                         pressure_case{"one_interval_of_long_waits", {{60, 70}, {1, 1}}, false},
                                         pressure_case{"long_waits_that_stay", {{60, 70}, {80, 90}, {100, 110}}, true},
                                         pressure_case{"the_measurer_itself_waits", {{60}, {200}, {}, {}}, true}),
                         [](const auto& info) { return info.param.name; });

TEST(pressure_level, falls_when_the_waits_are_short_again_and_in_silence) {
    for (const bool silence : {false, true}) {
        pressure seen(50ms, 100ms);
        matching::instant at = 1h;
        for (int i = 0; i < 30; ++i) seen.waited_for_thread(at += 50ms, 150ms);
        const double high = seen.level(at);
        ASSERT_GT(high, 0);
        if (silence)
            at += 60s;
        else
            for (int i = 0; i < 400; ++i) seen.waited_for_thread(at += 50ms, 1ms);
        EXPECT_EQ(seen.level(at += 101ms), 0) << (silence ? "silence" : "short waits");
    }
}

TEST(pressure_level, counts_slow_work_as_it_counts_a_busy_thread) {
    pressure seen(50ms, 100ms);
    matching::instant at = 1h;
    for (int i = 0; i < 30; ++i) seen.worked_for(at += 50ms, 150ms);
    EXPECT_GT(seen.level(at), 0);
    EXPECT_LE(seen.level(at), pressure::most);
}

}  // namespace
}  // namespace perdure::server::test
