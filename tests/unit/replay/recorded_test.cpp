#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/unit/replay/flows.hpp"
#include "tests/unit/replay/story.hpp"

namespace perdure::test {
namespace {

int drawn = 0;
int setting = 1;

struct RecordFlow : perdure::contract<RecordFlow, "record", std::string()> {
    static constexpr signal<"next"> next{};
};
class Record final : public perdure::implements<RecordFlow> {
  public:
    static constexpr auto definition() { return perdure::define<Record>(&Record::run).on(RecordFlow::next, &Record::next_); }

  private:
    perdure::task<std::string> run(perdure::context ctx) {
        const int first = ctx.side_effect<"draw">([] { return ++drawn; });
        std::string seen = std::to_string(first);
        for (int i = 0; i < 4; ++i) {
            seen += " " + std::to_string(ctx.mutable_side_effect<"setting">([] { return setting; }));
            co_await ctx.receive(next_);
        }
        co_return seen;
    }
    perdure::mailbox<void> next_;
};

TEST(SideEffects, AreRunOnceAndReplayedFromTheirMarkers) {
    tell<Record>([](story& s) {
        drawn = 41;
        setting = 1;
        s.start();
        EXPECT_EQ(s.task(), "marker SideEffect\nmarker MutableSideEffect");
        EXPECT_EQ(drawn, 42);
        s.signal("next");
        EXPECT_EQ(s.task(), "") << "the value is the same: nothing to record";
        setting = 7;
        s.signal("next");
        EXPECT_EQ(s.task(), "marker MutableSideEffect");
        setting = 7;
        s.signal("next");
        EXPECT_EQ(s.task(), "");
        setting = 1000;
        s.signal("next");
        EXPECT_EQ(s.task(), R"(complete "42 1 1 7 7")");
        EXPECT_EQ(drawn, 42) << "no replay has run the function again";
        setting = 1;
    });
}

TEST(SideEffects, TheMarkersAreThoseOfTheGoSdk) {
    setting = 5;
    story s(detail::make_workflow_type<Record>(), story_mode::cached);
    s.start().task();
    for (const auto& event : s.history().events()) {
        if (event.event_type() != pb::enums::EVENT_TYPE_MARKER_RECORDED) continue;
        const auto& marker = event.marker_recorded_event_attributes();
        if (marker.marker_name() == "SideEffect") {
            EXPECT_EQ(from_payloads<int>(marker.details().at("side-effect-id")), 1);
            EXPECT_EQ(from_payloads<int>(marker.details().at("data")), drawn);
        } else {
            EXPECT_EQ(marker.marker_name(), "MutableSideEffect");
            EXPECT_EQ(from_payloads<std::string>(marker.details().at("side-effect-id")), "setting");
            EXPECT_EQ(from_payloads<int>(marker.details().at("mutable-side-effect-call-counter")), 1);
            ASSERT_EQ(marker.details().at("data").payloads_size(), 2);
            EXPECT_EQ(marker.details().at("data").payloads(1).data(), "5");
        }
    }
}

struct DerivedFlow : perdure::contract<DerivedFlow, "derived", std::string()> {
    static constexpr query<"now", std::string()> now{};
};
class Derived final : public perdure::implements<DerivedFlow> {
  public:
    static constexpr auto definition() { return perdure::define<Derived>(&Derived::run).on(DerivedFlow::now, &Derived::now); }

  private:
    perdure::task<std::string> run(perdure::context ctx) {
        ctx.log(perdure::info, "started", perdure::kv("id", ctx.info().workflow_id), perdure::kv("attempt", ctx.info().attempt));
        ctx.counter("runs").add();
        began_ = perdure::to_text(ctx.now());
        const std::string first = ctx.uuid4("charge");
        const std::string plain = ctx.uuid4();
        const auto roll = ctx.random().uniform(1, 6);
        EXPECT_GE(roll, 1);
        EXPECT_LE(roll, 6);
        const double real = ctx.random().real();
        EXPECT_LT(real, 1.0);
        co_await ctx.sleep(1h);
        const std::string second = ctx.uuid4("charge");
        ctx.log(perdure::info, "slept");
        co_return first + " " + second + " " + plain + " " + std::to_string(roll) + " " + perdure::to_text(ctx.now());
    }
    std::string now(perdure::view seen) const { return began_ + " " + std::to_string(seen.history_length()); }

    std::string began_;
};

TEST(Derived, TimeRandomAndIdsAreTheSameInEveryReplay) {
    std::set<std::string> results;
    tell<Derived>([&results](story& s) {
        s.start().task();
        EXPECT_TRUE(s.query<std::string>("now").starts_with("2023-11-14T22:13:20Z ")) << s.query<std::string>("now");
        s.pass(1h).fire(1);
        results.insert(s.task());
        EXPECT_EQ(s.counted(), 1) << "metrics are silent in replay";
        EXPECT_EQ(s.lines().size(), 2U) << "logs are silent in replay";
    });
    ASSERT_EQ(results.size(), 1U);
    EXPECT_NE(results.begin()->find("2023-11-14T23:13:20Z"), std::string::npos);
}

TEST(Derived, UuidsAreVersionFourAndNamedOnesDoNotDependOnOthers) {
    std::string text;
    tell<Derived>([&text](story& s) {
        s.start().task();
        s.fire(1);
        text = s.task();
    });
    const std::string first = text.substr(std::string("complete \"").size(), 36);
    EXPECT_EQ(first[14], '4');
    EXPECT_NE(std::string("89ab").find(first[19]), std::string::npos);
    // Written down once: another algorithm would break every history that used it.
    EXPECT_EQ(first, "933de314-e8fa-455c-8c06-b854afa93aa2");
}

}  // namespace
}  // namespace perdure::test
