#include "stories.hpp"

#include <chrono>

#include <perdure/testing.hpp>

#include "club/club.hpp"
#include "examples/order_orchestration/order.workflow.hpp"

namespace perdure::mutations {
namespace {

using namespace std::chrono_literals;
using perdure::test::env;

const shop::Order small{.id = "7",
                        .customer = "bob",
                        .email = "bob@example.org",
                        .address = "1 Main Street",
                        .card = "4000",
                        .lines = {{"sku-1", 2}, {"sku-2", 1}},
                        .amount_cents = 4200};

shop::Order large() {
    shop::Order order = small;
    order.amount_cents = 420'000;
    return order;
}

using order_run = perdure::test::run<shop::OrderFlow>;

// A world in which everything works, until a story says otherwise.
std::string order_story(const shop::Order& order, const std::function<void(env&)>& setup,
                        const std::function<void(env&, order_run&)>& play) {
    env world;
    world.add_workflow<shop::OrderWorkflow>();
    world.mock(shop::act::validate).returns();
    world.mock(shop::act::reserve).returns();
    world.mock(shop::act::release).returns();
    world.mock(shop::act::charge).returns(shop::Receipt{.charge_id = "ch-1", .channel = "primary"});
    world.mock(shop::act::refund).returns();
    world.mock(shop::act::book).returns(shop::Shipment{.tracking = "T1"});
    world.mock(shop::act::recall).returns();
    world.mock(shop::act::notify).returns();
    world.mock(shop::act::remind).returns();
    setup(world);
    auto run = world.start<shop::OrderFlow>(order);
    play(world, run);
    world.wait_until_closed(run.id());
    return world.history_json(run);
}

void as_usual(env&) {}
void untouched(env&, order_run&) {}

using club_run = perdure::test::run<club::Subscription>;

std::string club_story(std::int64_t months, const std::function<void(env&, club_run&)>& play) {
    env world;
    world.add_workflow<club::SubscriptionWorkflow>();
    world.mock(club::act::bill).returns(club::Paid{.cents = 900});
    world.mock(club::act::mail).returns();
    world.mock(club::act::note).returns();
    world.mock(club::act::survey).returns();
    auto run = world.start<club::Subscription>(club::Member{.id = "m-1",
                                                            .email = "ann@example.org",
                                                            .card = "4000",
                                                            .magazines = {"Wind", "Alps", "Sea", "Chess"},
                                                            .fee_cents = 900,
                                                            .months_left = months});
    play(world, run);
    return world.history_json(run);
}

void wait_for_end(env& world, club_run& run) { world.wait_until_closed(run.id()); }

}  // namespace

const std::vector<story>& stories() {
    static const std::vector<story> all{
        {"order_plain", "order", [] { return order_story(small, as_usual, untouched); }},
        {"order_approved", "order",
         [] {
             return order_story(large(), as_usual, [](env& world, order_run& run) {
                 world.advance(47h);
                 run.signal(shop::OrderFlow::approval, shop::Approval{.granted = true, .by = "ann"});
             });
         }},
        {"order_rejected", "order",
         [] {
             return order_story(large(), as_usual, [](env&, order_run& run) {
                 run.signal(shop::OrderFlow::approval, shop::Approval{.granted = false, .by = "carl"});
             });
         }},
        {"order_nobody_approves", "order", [] { return order_story(large(), as_usual, untouched); }},
        {"order_cancelled", "order",
         [] { return order_story(large(), as_usual, [](env&, order_run& run) { run.cancel("she changed her mind"); }); }},
        {"order_backup_channel", "order",
         [] {
             const auto down_at_first = [](env& world) {
                 world.mock(shop::act::charge)
                     .fails_times<shop::ChannelDown>(5, "503")
                     .then_returns(shop::Receipt{.charge_id = "ch-2", .channel = "backup"});
             };
             return order_story(small, down_at_first, untouched);
         }},
        {"order_undone", "order",
         [] {
             const auto refuse = [](env& world) {
                 world.mock(shop::act::book).fails<shop::ShipmentRefused>("nobody goes there");
             };
             return order_story(small, refuse, untouched);
         }},
        {"club_two_months", "club", [] { return club_story(2, wait_for_end); }},
        {"club_goes_on", "club",
         [] {
             return club_story(5, [](env& world, club_run& run) {
                 world.advance(24h);
                 run.signal(club::Subscription::fee, std::int64_t{1100});
                 world.advance(89 * 24h + 1h);
             });
         }},
        {"club_goodbye", "club",
         [] {
             return club_story(12, [](env& world, club_run& run) {
                 world.advance(5 * 24h);
                 run.signal(club::Subscription::goodbye, std::string("too dear"));
                 world.wait_until_closed(run.id());
             });
         }},
        {"club_pause", "club",
         [] {
             return club_story(1, [](env& world, club_run& run) {
                 world.advance(2 * 24h);
                 run.signal(club::Subscription::pause, club::Pause{.days = 40});
                 world.wait_until_closed(run.id());
             });
         }},
    };
    return all;
}

}  // namespace perdure::mutations
