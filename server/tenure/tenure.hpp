#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "api/result.hpp"
#include "history_service/store/rows.hpp"
#include "server/tenure/boot_clock.hpp"

namespace perdure::server {

/// Where a server stands with the data that it is to serve.
enum class standing : std::uint8_t {
    /// The store is not open, or does not answer.
    connecting,
    /// Another server holds the lease.
    standby,
    /// This one holds the lease and serves.
    owner,
    /// It can never serve; `tenure::failure` says why.
    over,
};

[[nodiscard]] std::string_view to_string(standing of) noexcept;

struct tenure_timing {
    /// How long a server that says nothing keeps its lease.
    std::chrono::milliseconds lease{3'000};
    /// How often a standby asks for the lease: a holder that gives it up is followed this soon.
    std::chrono::milliseconds ask_again{250};
    /// Pauses while the store does not answer; they double from the first to the longest.
    std::chrono::milliseconds first_pause{100};
    std::chrono::milliseconds longest_pause{1'000};
};

/// What is to be done next, where it may block.
enum class tenure_step : std::uint8_t { open, acquire, renew };

/// What an operator should know: a change, told once.
struct tenure_notice {
    bool is_trouble = false;
    std::string text;
};

/// The life of a server on a store that others may share: it opens the store, waits for the lease, holds it by renewing it in
/// time, loses it, and waits again. Pure: the time is passed in, the steps are done by its owner, one at a time.
///
/// The lease that it believes in begins when it was asked for, not when the answer came, and ends a tenth early: by the clock of
/// the store it runs longer, so that two servers never both believe in theirs.
class tenure {
  public:
    /// `shared`: other servers may use the store, and it may be away for a while. A store of this process alone is opened and
    /// taken once, for good, or never.
    tenure(tenure_timing timing, bool shared) : timing_(timing), shared_(shared), pause_(timing.first_pause) {}

    /// The step that is due, if any; its outcome is told by the call of its name before another is given out.
    [[nodiscard]] std::optional<tenure_step> take_step(boot_time now);
    void opened(const result<done>& outcome, boot_time now);
    void acquired(const result<history::lease_answer>& outcome, boot_time now);
    void renewed(const result<done>& outcome, boot_time now);

    /// A commit that was asked for at `asked` was made under the lease, which renews it.
    void committed(boot_time asked);
    /// The store refused a write under the lease, or the node on it could not be made. Nothing to a store of this process
    /// alone, whose lease nobody can take.
    void lost(const service_failure& why, boot_time now);
    /// Moves the time: a lease that has run out is lost.
    void advance(boot_time now);

    [[nodiscard]] standing state() const noexcept { return state_; }
    /// The lease is this server's, beyond doubt.
    [[nodiscard]] bool holds(boot_time now) const noexcept {
        return state_ == standing::owner && (!shared_ || now < valid_until_);
    }
    /// Of the owner.
    [[nodiscard]] const history::shard_lease& lease() const noexcept { return lease_; }
    /// Why it does not serve, as clients and probes are told: `unavailable`, for another server may. Not of the owner.
    [[nodiscard]] const service_failure& refusal() const noexcept { return refusal_; }
    /// Why it can never serve, once that is certain.
    [[nodiscard]] const std::optional<service_failure>& failure() const noexcept { return failure_; }
    /// When there is something to do again: a step, or the end of the lease. While a step of a server without a lease is under
    /// way, and on a store of this process alone once it is taken, nothing.
    [[nodiscard]] std::optional<boot_time> next_due() const;
    /// The last change, if it was not taken yet.
    [[nodiscard]] std::optional<tenure_notice> take_notice();

  private:
    /// Renewed often enough that two renewals may fail before the lease runs out.
    [[nodiscard]] std::chrono::nanoseconds renew_every() const { return timing_.lease / 3; }
    [[nodiscard]] boot_time end_of(boot_time asked) const { return asked + timing_.lease - timing_.lease / 10; }
    void wait_for_store(const service_failure& why, boot_time now);
    void stand_by(const history::lease_holder& holder, boot_time now);
    void give_up(const service_failure& why);
    void change(standing next, service_failure refusal, tenure_notice notice);

    tenure_timing timing_;
    bool shared_;
    standing state_ = standing::connecting;
    service_failure refusal_{status_code::unavailable,
                             "the server is starting: its store is not open yet; ask again in a moment"};
    std::optional<service_failure> failure_;
    std::optional<tenure_notice> notice_;
    history::shard_lease lease_;
    bool open_ = false;
    /// Once it served, whatever stands in its way may go away again.
    bool served_ = false;
    bool under_way_ = false;
    /// When the step that is under way, or was last, was given out.
    boot_time asked_{};
    /// When the next step is due.
    boot_time due_ = boot_time::min();
    /// Of the owner of a shared store.
    boot_time valid_until_{};
    std::chrono::milliseconds pause_;
};

}  // namespace perdure::server
