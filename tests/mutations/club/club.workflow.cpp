#include "club.hpp"

#include <chrono>

using namespace std::chrono_literals;

namespace club {
namespace {

constexpr perdure::activity_options quick{.timeouts = perdure::start_to_close(10s), .retry = {.max_attempts = 5}};
constexpr perdure::activity_options post{.timeouts = perdure::start_to_close(1min), .retry = {.initial = 10s}};

}  // namespace

perdure::task<Farewell> SubscriptionWorkflow::run(perdure::context ctx, Member member) {
    account_ = {.fee_cents = member.fee_cents, .paid_cents = member.paid_cents};
    if (member.paid_cents == 0) {
        co_await ctx.call(act::note, Note{.email = member.email, .text = "welcome"}, quick);
    }

    bool stays = true;
    for (int count = 0; count < 3 && stays && member.months_left > 0; ++count) {
        stays = co_await month(ctx, member);
        --member.months_left;
    }

    co_await ctx.handlers_idle();
    if (stays && member.months_left > 0) {
        member.fee_cents = account_.fee_cents;
        member.paid_cents = account_.paid_cents;
        co_return co_await ctx.continue_as_new(member);
    }

    if (!stays) co_await ctx.call(act::note, Note{.email = "desk", .text = member.id + " left: " + why_}, quick);
    co_await ctx.call(act::note, Note{.email = member.email, .text = "goodbye"}, quick);
    co_return Farewell{.paid_cents = account_.paid_cents, .why = why_};
}

perdure::task<bool> SubscriptionWorkflow::month(perdure::context ctx, Member member) {
    const Bill bill{.key = ctx.uuid4("bill"), .card = member.card, .cents = account_.fee_cents};
    const auto [paid, told, delivered] = co_await perdure::when_all{
        ctx.call(act::bill, bill, {.timeouts = perdure::start_to_close(30s), .retry = {.max_attempts = 4}}),
        ctx.call(act::note, Note{.email = member.email, .text = "another month begins"}, quick),
        deliver(ctx, member),
    };
    account_.paid_cents += paid.cents;
    auto first = co_await perdure::race{ctx.sleep(30 * 24h), ctx.receive(goodbyes_)};
    if (first.index() == 1) {
        why_ = std::get<1>(first);
        account_.fee_cents = 0;
        co_await perdure::race{ctx.call(act::survey, Note{.email = member.email, .text = why_}, quick), ctx.sleep(72h)};
        co_return false;
    }
    co_await ctx.wait_until([this] { return !account_.paused; });
    co_return true;
}

perdure::task<void> SubscriptionWorkflow::deliver(perdure::context ctx, Member member) {
    std::vector<perdure::op<void>> sent;
    for (const std::string& magazine : member.magazines) {
        sent.push_back(ctx.call(act::mail, Copy{.member = member.id, .magazine = magazine}, post));
    }
    account_.copies += std::ssize(sent);
    co_await perdure::when_all{std::move(sent)};
}

perdure::task<void> SubscriptionWorkflow::pause(perdure::context ctx, Pause wish) {
    account_.paused = true;
    co_await ctx.sleep(wish.days * 24h);
    account_.paused = false;
    co_await ctx.call(act::note, Note{.email = "desk", .text = "a pause is over"}, quick);
}

}  // namespace club
