#include "server/node/fair_shares.hpp"

#include <algorithm>
#include <chrono>

namespace perdure::server {
namespace {

using seconds = std::chrono::duration<double>;

constexpr seconds counting_time{0.1};
constexpr double weight_of_the_newest = 0.3;
// Nobody is cut below this before all are.
constexpr double least_per_second = 20;
// What one may ask for at once, of its share of a second, and of requests: what was sent at intervals comes in bunches when
// it has waited.
constexpr double at_once = 0.02;
constexpr double least_at_once = 8;
// Even the hardest pressure lets some through, or it could not be seen to end.
constexpr double most_refused = 0.98;
// Where refusing takes so long that waits do not get shorter by it, the level rises to its end: this part of what was served
// before is served all the same.
constexpr double always_served = 0.2;
constexpr seconds capacity_forgotten_in{20};
constexpr double few = 0.1;
constexpr std::size_t most_shares = 20'000;

}  // namespace

fair_shares::verdict fair_shares::ask(std::uint64_t who, double level, matching::instant now) {
    count(now);
    const verdict answer = judge(who, level, now);
    if (answer != verdict::granted && !take(floor_, always_served * capacity_, 1, now)) return answer;
    granted_ += 1;
    return verdict::granted;
}

fair_shares::verdict fair_shares::judge(std::uint64_t who, double level, matching::instant now) {
    if (level <= 0) {
        shares_.clear();
        owed_ = 0;
        within_ += 1;
        return verdict::granted;
    }
    const double all = std::max(asked_per_second_, least_per_second);
    const double most_of_one = all - (all - least_per_second) * std::min(level, 1.0);
    if (!take_share(who, most_of_one, now)) return verdict::more_than_its_share;
    within_ += 1;
    owed_ += std::clamp(from_everybody(level), 0.0, most_refused);
    if (owed_ < 1) return verdict::granted;
    owed_ -= 1;
    return verdict::too_many_in_all;
}

// Where nobody has more than others, there is nothing to be cut first. And where almost all that comes is refused for good
// reason already, refusing the few others would win nothing.
double fair_shares::from_everybody(double level) const {
    if (few_within_) return 0;
    return all_within_ && within_ >= asked_ ? level / 2 : level - 1;
}

void fair_shares::count(matching::instant now) {
    const seconds passed = now - counted_to_;
    if (passed < counting_time) {
        asked_ += 1;
        return;
    }
    const double weight = std::min(1.0, weight_of_the_newest * (passed / counting_time));
    asked_per_second_ += weight * (asked_ / passed.count() - asked_per_second_);
    granted_per_second_ += weight * (granted_ / passed.count() - granted_per_second_);
    capacity_ = std::max(granted_per_second_, capacity_ * (1 - std::min(1.0, passed / capacity_forgotten_in)));
    granted_ = 0;
    all_within_ = within_ >= asked_;
    few_within_ = within_ < asked_ * few;
    asked_ = 1;
    within_ = 0;
    counted_to_ = now;
}

bool fair_shares::take_share(std::uint64_t who, double per_second, matching::instant now) {
    // Rather a moment without fairness than memory for every id there is.
    if (shares_.size() >= most_shares && !shares_.contains(who)) shares_.clear();
    const auto [at, fresh] = shares_.try_emplace(who, share{least_at_once, now});
    return take(at->second, per_second, least_at_once, now);
}

bool fair_shares::take(share& of, double per_second, double least, matching::instant now) {
    const double most = std::max(least, per_second * at_once);
    of.left = std::min(most, of.left + seconds(now - of.at).count() * per_second);
    of.at = now;
    if (of.left < 1) return false;
    of.left -= 1;
    return true;
}

}  // namespace perdure::server
