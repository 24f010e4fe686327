#include "demo/customers.hpp"

#include <perdure/client.hpp>
#include <stdexcept>

namespace shop::demo {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto patience = 120s;

// Runs `call` again while the server is away; every call here may be repeated, because it carries a request id or only reads.
template <class Call>
auto insist(Call call) {
    const auto give_up = clock::now() + patience;
    for (;;) {
        try {
            return call();
        } catch (const perdure::unavailable_error&) {
            if (clock::now() > give_up) throw;
        } catch (const perdure::deadline_error&) {
            if (clock::now() > give_up) throw;
        }
        std::this_thread::sleep_for(100ms);
    }
}

// When workers and servers are killed, an order may take long until somebody is asked about it.
template <class Run>
void until_it_waits(const Run& run) {
    const auto give_up = clock::now() + patience;
    const auto stage = [&] { return insist([&] { return run.query(OrderFlow::status); }).stage; };
    while (stage() < Stage::awaiting_approval && clock::now() < give_up) std::this_thread::sleep_for(50ms);
}

std::string name_of(const perdure::workflow_failure& failure) {
    if (failure.caused_by<InvalidOrder>()) return "InvalidOrder";
    if (failure.caused_by<OutOfStock>()) return "OutOfStock";
    if (failure.caused_by<OrderRejected>()) return "OrderRejected";
    if (failure.caused_by<CardDeclined>()) return "CardDeclined";
    if (failure.caused_by<InsufficientFunds>()) return "InsufficientFunds";
    if (failure.caused_by<FraudSuspected>()) return "FraudSuspected";
    if (failure.caused_by<ShipmentRefused>()) return "ShipmentRefused";
    if (failure.caused_by<perdure::cancelled_error>()) return "cancelled";
    return "failed";
}

}  // namespace

Customers::Customers(std::string address, std::vector<Story> stories, std::size_t at_once)
    : address_(std::move(address)), stories_(std::move(stories)), outcomes_(stories_.size()) {
    for (std::size_t i = 0; i < std::min(at_once, stories_.size()); ++i) threads_.emplace_back([this] { serve(); });
}

Customers::~Customers() = default;

void Customers::serve() {
    for (std::size_t mine = next_++; mine < stories_.size(); mine = next_++) {
        outcomes_[mine] = live(stories_[mine], mine);
        ++finished_;
    }
}

Outcome Customers::live(const Story& story, std::size_t number) const {
    const auto begin = clock::now();
    Outcome outcome{.story = story, .ended = "", .detail = ""};
    try {
        perdure::client client = insist([&] { return perdure::client::connect({.target = address_}); });
        auto run = insist([&] {
            return client.start<OrderFlow>(story.order, {.id = "order-" + story.order.id,
                                                         .task_queue = "orders",
                                                         .id_reuse = perdure::id_reuse::reject_duplicate,
                                                         .request_id = "line-" + std::to_string(number)});
        });
        if (story.approve) {
            std::this_thread::sleep_for(story.approve->after);
            insist([&] { run.signal(OrderFlow::approval, story.approve->approval); });
        }
        if (story.cancel_after) {
            until_it_waits(run);
            std::this_thread::sleep_for(*story.cancel_after);
            insist([&] { run.cancel("the customer changed her mind"); });
        }
        const OrderResult result = insist([&] { return run.result(30s); });
        outcome.ended = result.stage == Stage::shipped ? "shipped" : "failed";
        outcome.detail = result.tracking + " paid by the " + result.channel + " channel";
    } catch (const perdure::workflow_failure& e) {
        outcome.ended = name_of(e);
        outcome.detail = e.what();
    } catch (const perdure::already_started_error& e) {
        outcome.ended = "duplicate";
        outcome.detail = e.what();
    } catch (const std::exception& e) {
        outcome.ended = std::string("lost: ") + e.what();
    }
    outcome.took = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begin);
    return outcome;
}

std::vector<Outcome> Customers::outcomes() {
    threads_.clear();
    return outcomes_;
}

}  // namespace shop::demo
