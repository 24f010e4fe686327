// Everything right: each mistake of this folder is one step away from a line of this file.

#include "tests/compile_fail/payloads.hpp"

namespace {

enum class stage { received, charged };
BOOST_DESCRIBE_ENUM(stage, received, charged)

struct snapshot {
    stage at = stage::received;
    std::vector<order> orders;
    std::optional<receipt> paid;
};
BOOST_DESCRIBE_STRUCT(snapshot, (), (at, orders, paid))
static_assert(perdure::payload<snapshot>);

constexpr perdure::activity_options card{
    .timeouts = perdure::start_to_close(20s).and_schedule_to_close(10min),
    .retry = {.initial = 1s, .max_interval = 30s, .max_attempts = 4, .non_retryable = perdure::error_types<card_declined>}};
static_assert(perdure::valid(card));

constexpr auto activities = perdure::list(charge, refund);
static_assert(activities.size == 2);

[[maybe_unused]] bool is_declined(const perdure::activity_failure& failed) {
    return failed.caused_by<card_declined>() && failed.cause_as<card_declined>()->retried;
}

}  // namespace
