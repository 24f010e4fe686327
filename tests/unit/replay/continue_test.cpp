#include <gtest/gtest.h>

#include <string>

#include "tests/unit/replay/flows.hpp"
#include "tests/unit/replay/story.hpp"

namespace perdure::test {
namespace {

struct CounterFlow : perdure::contract<CounterFlow, "counter", int(int)> {
    static constexpr signal<"mail", int> mail{};
    static constexpr signal<"slow", int> slow{};
    static constexpr signal<"next", int> next{};
};

class Counter final : public perdure::implements<CounterFlow> {
  public:
    static constexpr auto definition() {
        return perdure::define<Counter>(&Counter::run)
            .on(CounterFlow::mail, &Counter::mail_)
            .on(CounterFlow::slow, &Counter::slow)
            .on(CounterFlow::next, &Counter::next_);
    }

  private:
    perdure::task<int> run(perdure::context ctx, int round) {
        if (round == 2) {
            int sum = 0;
            for (std::optional<int> value = mail_.try_take(); value; value = mail_.try_take()) sum = sum * 10 + *value;
            const auto undone = co_await saga_.compensate(ctx.shielded());
            co_return sum + static_cast<int>(undone.undone.size()) * 1000;
        }
        saga_.add(undo, std::string("first"), quick).key("1st").parallel_group("g");
        saga_.add(undo, std::string("second"), aloof);
        const int what = co_await ctx.receive(next_);
        if (what == 9 && !ctx.should_continue_as_new()) co_return -1;
        co_return co_await deep(ctx, round);
    }
    perdure::task<int> deep(perdure::context ctx, int round) {
        try {
            co_await ctx.sleep(0s);
            co_await ctx.continue_as_new(round + 1);
        } catch (...) {
            ADD_FAILURE() << "continue-as-new is no exception";
        }
        ADD_FAILURE() << "continue-as-new never resumes";
        co_return 0;
    }
    perdure::task<void> slow(perdure::context ctx, int n) { co_await ctx.call(work, n, quick); }

    perdure::mailbox<int> mail_;
    perdure::mailbox<int> next_;
    perdure::saga saga_;
};

pb::history::WorkflowExecutionStartedEventAttributes successor_of(const pb::command::Command& command) {
    const auto& how = command.continue_as_new_workflow_execution_command_attributes();
    pb::history::WorkflowExecutionStartedEventAttributes started;
    *started.mutable_workflow_type() = how.workflow_type();
    *started.mutable_task_queue() = how.task_queue();
    *started.mutable_input() = how.input();
    *started.mutable_header() = how.header();
    return started;
}

TEST(ContinueAsNew, EndsTheRunAtAnyDepth) {
    tell<Counter>([](story& s) {
        s.start(5).task();
        s.signal("next", 1);
        EXPECT_EQ(s.task(), "continue 6");
        const auto& how = s.last_command().continue_as_new_workflow_execution_command_attributes();
        EXPECT_EQ(how.workflow_type().name(), "counter");
        EXPECT_EQ(how.task_queue().name(), "queue");
    });
}

TEST(ContinueAsNew, WaitsForHandlers) {
    tell<Counter>([](story& s) {
        s.start(5).task();
        s.signal("slow", 1);
        EXPECT_EQ(s.task(), "activity work #1 1");
        s.signal("next", 1);
        EXPECT_EQ(s.task(), "");
        s.complete(1, 1);
        EXPECT_EQ(s.task(), "continue 6");
    });
}

TEST(ContinueAsNew, UnreadMessagesAndCompensationsGoToTheNextRun) {
    pb::history::WorkflowExecutionStartedEventAttributes next;
    tell<Counter>([&next](story& s) {
        s.start(1).task();
        s.signal("mail", 4).signal("mail", 2).signal("next", 1);
        EXPECT_EQ(s.task(), "continue 2");
        next = successor_of(s.last_command());
    });
    tell<Counter>([&next](story& s) {
        s.start_as(next);
        EXPECT_EQ(s.task(), "activity undo #1 \"second\"");
        s.complete(1);
        EXPECT_EQ(s.task(), "activity undo #2 \"first\"");
        s.complete(2);
        EXPECT_EQ(s.task(), "complete 2042");
    });
}

TEST(ContinueAsNew, HeadersOfOthersAreKept) {
    story s(detail::make_workflow_type<Counter>(), story_mode::cached);
    pb::history::WorkflowExecutionStartedEventAttributes started;
    *started.mutable_input() = to_payloads(1);
    (*started.mutable_header()->mutable_fields())["trace"] = to_payload(std::string("abc"));
    s.start_as(started).task();
    s.signal("next", 1).task();
    const auto& header = s.last_command().continue_as_new_workflow_execution_command_attributes().header().fields();
    EXPECT_EQ(header.at("trace").data(), "\"abc\"");
    EXPECT_EQ(header.count("perdure-unread"), 0U);
    EXPECT_EQ(header.count("perdure-undo-0"), 1U);
}

TEST(ContinueAsNew, TheServiceSuggestsIt) {
    story s(detail::make_workflow_type<Counter>(), story_mode::evicted);
    s.start(1).task();
    s.signal("next", 9);
    EXPECT_EQ(s.task(), "complete -1");
    story longer(detail::make_workflow_type<Counter>(), story_mode::evicted);
    longer.start(1).task();
    longer.suggest_continue_as_new();
    longer.signal("next", 9);
    EXPECT_EQ(longer.task(), "continue 2");
    EXPECT_EQ(longer.replay(), "");
}

struct WrongFlow : perdure::contract<WrongFlow, "wrong", void(int)> {};
perdure::task<void> wrong(perdure::context ctx, int) { co_await ctx.continue_as_new(std::string("text")); }
constexpr auto wrong_def = perdure::define_function<WrongFlow>(&wrong);

TEST(ContinueAsNew, ChecksTheTypeOfTheInput) {
    story s(detail::make_workflow_type(wrong_def), story_mode::cached);
    s.start(1);
    const std::string text = s.failing_task();
    EXPECT_NE(text.find("the contract of wrong takes int"), std::string::npos) << text;
}

}  // namespace
}  // namespace perdure::test
