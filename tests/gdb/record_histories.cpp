// Writes the histories that the debugger's tests walk through: record_histories FOLDER

#include <cstdio>
#include <fstream>
#include <functional>
#include <perdure/testing.hpp>
#include <string>

#include "order.workflow.hpp"

namespace shop {
namespace {

using namespace std::chrono_literals;
using perdure::test::env;

constexpr std::int64_t small = 4200;
constexpr std::int64_t large = 420'000;

struct story {
    std::string name;
    std::int64_t amount;
    std::function<void(env&)> world;
    std::function<void(env&, perdure::test::run<OrderFlow>&)> play;
};

void to_the_end(env&, perdure::test::run<OrderFlow>& run) {
    try {
        static_cast<void>(run.result());
    } catch (const std::exception&) {  // many stories end badly
    }
}

const std::vector<story> stories{
    {"ships", small, [](env&) {}, to_the_end},
    {"approved", large, [](env&) {},
     [](env& at, auto& run) {
         at.advance(25h);
         run.signal(OrderFlow::approval, Approval{.granted = true, .by = "ann"});
         to_the_end(at, run);
     }},
    {"reminded", large, [](env&) {}, [](env& at, auto&) { at.advance(25h); }},
    {"rejected", large, [](env&) {},
     [](env& at, auto& run) {
         run.signal(OrderFlow::approval, Approval{.granted = false, .by = "carl"});
         to_the_end(at, run);
     }},
    {"fraud", small, [](env& at) { at.mock(act::charge).fails<FraudSuspected>("stolen card"); }, to_the_end},
    {"channel_down", small,
     [](env& at) {
         at.mock(act::charge).fails<ChannelDown>("503");
         at.mock(act::refund).hangs();
     },
     [](env& at, auto&) { at.advance(1min); }},
    {"shipment_refused", small,
     [](env& at) {
         at.mock(act::book).fails<ShipmentRefused>("nobody goes there");
         at.mock(act::recall).hangs();
     },
     [](env& at, auto&) { at.advance(1min); }},
    {"invalid", small, [](env& at) { at.mock(act::validate).fails<OrderRejected>("no such address"); }, to_the_end},
    {"cancelled", large, [](env& at) { at.mock(act::release).hangs(); },
     [](env&, auto& run) { run.cancel("customer changed her mind"); }},
    {"unread", small, [](env& at) { at.mock(act::reserve).hangs(); },
     [](env&, auto& run) {
         run.signal(OrderFlow::approval, Approval{.granted = true, .by = "early"});
         run.signal(OrderFlow::approval, Approval{.granted = false, .by = "bird"});
     }},
};

void record(const story& told, const std::string& folder) {
    env at;
    at.add_workflow<OrderWorkflow>();
    at.mock(act::validate).returns();
    at.mock(act::reserve).returns();
    at.mock(act::release).returns();
    at.mock(act::charge).returns(Receipt{.charge_id = "ch-1", .channel = "primary"});
    at.mock(act::refund).returns();
    at.mock(act::book).returns(Shipment{.tracking = "T1"});
    at.mock(act::recall).returns();
    at.mock(act::notify).returns();
    at.mock(act::remind).returns();
    told.world(at);
    auto run = at.start<OrderFlow>(Order{
        .id = "17", .customer = "eve", .email = "e@x.org", .card = "ok", .lines = {{"sku-1", 2}}, .amount_cents = told.amount});
    told.play(at, run);

    std::ofstream(folder + "/" + told.name + ".json") << at.history_json(run) << "\n";
}

}  // namespace
}  // namespace shop

int main(int argc, char** argv) {
    if (argc != 2) {
        std::puts("usage: record_histories FOLDER");
        return 2;
    }
    testing::InitGoogleTest();
    for (const shop::story& told : shop::stories) shop::record(told, argv[1]);
    return 0;
}
