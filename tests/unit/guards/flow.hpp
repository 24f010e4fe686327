#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include <perdure/testing.hpp>
#include <perdure/workflow.hpp>

// One workflow that does what a test gives it, at the place that the test chooses.

namespace shop {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

enum class place { nowhere, constructor, run, handler, query, condition, side_effect };

struct deed {
    static inline place where = place::nowhere;
    static inline std::function<void()> what;

    static void at(place here) {
        if (where == here) what();
    }
};

struct Doer : perdure::contract<Doer, "doer", int()> {
    static constexpr signal<"poke"> poke{};
    static constexpr query<"look", int()> look{};
};

class DoerWorkflow final : public perdure::implements<Doer> {
  public:
    DoerWorkflow() { deed::at(place::constructor); }

    static constexpr auto definition() {
        return perdure::define<DoerWorkflow>(&DoerWorkflow::run)
            .on(Doer::poke, &DoerWorkflow::poke)
            .on(Doer::look, &DoerWorkflow::look);
    }

  private:
    perdure::task<int> run(perdure::context ctx) {
        co_await ctx.sleep(1h);
        deed::at(place::run);
        const int made = ctx.side_effect<"made">([] {
            deed::at(place::side_effect);
            return 4;
        });
        co_await ctx.wait_until([this] {
            deed::at(place::condition);
            return poked_;
        });
        co_return made;
    }
    void poke() {
        deed::at(place::handler);
        poked_ = true;
    }
    int look() const {
        deed::at(place::query);
        return 1;
    }

    bool poked_ = false;
};

/// What fails the workflow's task when its code does this; empty when nothing does.
inline std::string failure_of(place where, std::function<void()> what, bool guarded = true) {
    deed::where = where;
    deed::what = std::move(what);
    std::string told;
    {
        perdure::test::env env({.guard_workflow_code = guarded});
        env.allow_task_failures();
        env.add_workflow<DoerWorkflow>();
        auto run = env.start<Doer>();
        env.advance(2h);
        run.signal(Doer::poke);
        env.settle();
        if (!env.task_failures().empty())
            told = env.task_failures().front();
        else
            EXPECT_EQ(run.result(), 4);
    }
    deed::where = place::nowhere;
    return told;
}

}  // namespace shop
