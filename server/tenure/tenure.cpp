#include "server/tenure/tenure.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "api/assert.hpp"

namespace perdure::server {

std::string_view to_string(standing of) noexcept {
    switch (of) {
        case standing::connecting:
            return "connecting";
        case standing::standby:
            return "standby";
        case standing::owner:
            return "owner";
        case standing::over:
            return "over";
    }
    return "";
}

std::optional<tenure_step> tenure::take_step(boot_time now) {
    if (under_way_ || state_ == standing::over || now < due_) return std::nullopt;
    if (state_ == standing::owner && !shared_) return std::nullopt;
    under_way_ = true;
    asked_ = now;
    if (state_ == standing::owner) return tenure_step::renew;
    return open_ ? tenure_step::acquire : tenure_step::open;
}

void tenure::opened(const result<done>& outcome, boot_time now) {
    PERDURE_ASSERT(under_way_, "an outcome follows its step");
    under_way_ = false;
    if (!outcome) return wait_for_store(outcome.error(), now);
    open_ = true;
    due_ = now;
}

void tenure::acquired(const result<history::lease_answer>& outcome, boot_time now) {
    PERDURE_ASSERT(under_way_, "an outcome follows its step");
    under_way_ = false;
    if (!outcome) return wait_for_store(outcome.error(), now);
    if (const auto* holder = std::get_if<history::lease_holder>(&*outcome)) return stand_by(*holder, now);
    lease_ = std::get<history::shard_lease>(*outcome);
    valid_until_ = end_of(asked_);
    due_ = asked_ + renew_every();
    pause_ = timing_.first_pause;
    served_ = true;
    change(standing::owner, {}, {.text = "took the lease (epoch " + std::to_string(lease_.epoch) + ") and serves"});
    advance(now);
}

void tenure::renewed(const result<done>& outcome, boot_time now) {
    PERDURE_ASSERT(under_way_, "an outcome follows its step");
    under_way_ = false;
    // Lost meanwhile, and perhaps taken again: the answer is about a lease of the past.
    if (state_ != standing::owner) return;
    if (outcome) {
        committed(asked_);
    } else if (!outcome.error().retryable()) {
        return lost(outcome.error(), now);
    } else {
        due_ = now + timing_.first_pause;
    }
    advance(now);
}

void tenure::committed(boot_time asked) {
    if (state_ != standing::owner) return;
    valid_until_ = std::max(valid_until_, end_of(asked));
    due_ = std::max(due_, asked + renew_every());
}

void tenure::lost(const service_failure& why, boot_time now) {
    if (state_ != standing::owner || !shared_) return;
    due_ = now + timing_.first_pause;
    change(standing::standby,
           {status_code::unavailable, "this server is a standby: it lost its lease (" + why.message +
                                          ") and waits to get it again; ask another server, or again in a moment"},
           {.is_trouble = true, .text = "lost the lease (epoch " + std::to_string(lease_.epoch) + "): " + why.message});
}

void tenure::advance(boot_time now) {
    if (state_ != standing::owner || holds(now)) return;
    lost({status_code::unavailable, "it was not renewed in time"}, now);
}

std::optional<boot_time> tenure::next_due() const {
    if (state_ == standing::over || (state_ == standing::owner && !shared_)) return std::nullopt;
    if (state_ == standing::owner) return under_way_ ? valid_until_ : std::min(due_, valid_until_);
    if (under_way_) return std::nullopt;
    return due_;
}

std::optional<tenure_notice> tenure::take_notice() { return std::exchange(notice_, std::nullopt); }

void tenure::wait_for_store(const service_failure& why, boot_time now) {
    // A wrong address or a missing right is a mistake that nobody but the operator can mend. A server that has served before
    // stays all the same: the mistake may be another machine's, in the middle of a failover.
    if (!shared_ || (!served_ && !why.retryable())) return give_up(why);
    due_ = now + pause_;
    pause_ = std::min(pause_ * 2, timing_.longest_pause);
    change(standing::connecting,
           {status_code::unavailable, "the server waits for its store: " + why.message + "; ask again in a moment"},
           {.is_trouble = true, .text = "waits for its store: " + why.message});
}

void tenure::stand_by(const history::lease_holder& holder, boot_time now) {
    due_ = now + std::clamp<std::chrono::milliseconds>(holder.remaining, std::chrono::milliseconds(1), timing_.ask_again);
    pause_ = timing_.first_pause;
    const std::string who = "server '" + holder.owner + "' holds the lease (epoch " + std::to_string(holder.epoch) + ")";
    change(standing::standby,
           {status_code::unavailable, "this server is a standby: " + who + "; ask that one, or again in a moment"},
           {.text = "stands by: " + who});
}

void tenure::give_up(const service_failure& why) {
    failure_ = why;
    change(standing::over, {status_code::unavailable, "the server cannot serve: " + why.message},
           {.is_trouble = true, .text = "cannot serve: " + why.message});
}

void tenure::change(standing next, service_failure refusal, tenure_notice notice) {
    if (next == state_ && refusal == refusal_) return;
    state_ = next;
    refusal_ = std::move(refusal);
    notice_ = std::move(notice);
}

}  // namespace perdure::server
