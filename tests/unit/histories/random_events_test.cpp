// Histories that no server would write: events in any order that point at each other at random. A replay reports and never
// breaks.
#include <gtest/gtest.h>

#include <google/protobuf/descriptor.h>

#include <random>
#include <set>

#include <perdure/replayer.hpp>
#include <perdure/workflow.hpp>

#include "tests/unit/histories/event_maker.hpp"

namespace perdure {
namespace {

using namespace std::chrono_literals;

inline constexpr activity<"work", int()> work{};

struct Busy : contract<Busy, "probe", void()> {
    static constexpr signal<"go"> go{};
};

// Waits, so that the first task fits whatever follows, and then has an activity and timers to settle.
class BusyWorkflow : public implements<Busy> {
  public:
    task<void> run(context ctx) {
        const auto limit = activity_options{.timeouts = start_to_close(10s)};
        while (true) {
            co_await ctx.receive(go_);
            static_cast<void>(co_await outcome_of(ctx.timeout(1h, ctx.call(work, limit))));
            co_await ctx.sleep(1h);
        }
    }
    static constexpr auto definition() { return define<BusyWorkflow>(&BusyWorkflow::run).on(Busy::go, &BusyWorkflow::go_); }

  private:
    mailbox<void> go_;
};

class maker {
  public:
    explicit maker(unsigned seed) : random_(seed) {}

    pb::history::History next() {
        pb::history::History history = history_around(any_event(), pick(2) == 0);
        for (int i = pick(8); i > 0; --i) {
            if (pick(2) == 0) {
                const auto task = history_around(any_event());
                for (int k = 1; k < 5; ++k) *history.add_events() = task.events(k);
            } else {
                *history.add_events() = any_event();
            }
        }
        for (int i = 0; i < history.events_size(); ++i) history.mutable_events(i)->set_event_id(i + 1);
        for (auto& event : *history.mutable_events()) point_somewhere(event, history.events_size());
        return history;
    }

  private:
    int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

    pb::history::HistoryEvent any_event() {
        static const auto types = event_types();
        // Most types end the replay at once; those that settle something come more often.
        const bool settling = pick(3) != 0;
        const auto type = settling ? types[static_cast<std::size_t>(5 + pick(16))] : types[static_cast<std::size_t>(pick(60))];
        auto event = filled_event(type);
        event.set_worker_may_ignore(pick(2) == 0);
        return event;
    }

    void point_somewhere(pb::history::HistoryEvent& event, int events) {
        for (int i = 0; i < event.GetDescriptor()->field_count(); ++i) {
            const auto* field = event.GetDescriptor()->field(i);
            if (field->containing_oneof() == nullptr || !event.GetReflection()->HasField(event, field)) continue;
            auto& held = *event.GetReflection()->MutableMessage(&event, field);
            for (int k = 0; k < held.GetDescriptor()->field_count(); ++k) {
                const auto* member = held.GetDescriptor()->field(k);
                const bool number = member->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_INT64;
                if (number && !member->is_repeated()) held.GetReflection()->SetInt64(&held, member, 1 + pick(events));
                if (member->name() == "timer_id" || member->name() == "activity_id")
                    held.GetReflection()->SetString(&held, member, std::to_string(1 + pick(10)));
                if (member->name() == "signal_name" && pick(2) == 0) held.GetReflection()->SetString(&held, member, "go");
            }
            if (event.has_activity_task_scheduled_event_attributes())
                event.mutable_activity_task_scheduled_event_attributes()->mutable_activity_type()->set_name("work");
        }
    }

    std::mt19937 random_;
};

TEST(RandomEvents, NeverBreakAReplay) {
    std::set<replay_verdict> seen;
    for (const auto level : {replay_level::commands, replay_level::state}) {
        replayer replaying({.level = level});
        replaying.add_workflow<BusyWorkflow>();
        for (unsigned seed = 0; seed < 1500; ++seed) {
            const auto events = maker(seed).next();
            const auto report = replaying.replay(history::from_binary(events.SerializeAsString()));
            EXPECT_EQ(report.ok(), report.message().empty());
            EXPECT_FALSE(report.text().empty());
            seen.insert(report.verdict());
        }
    }
    EXPECT_GE(seen.size(), 3U) << "all histories ended alike";
}

}  // namespace
}  // namespace perdure
