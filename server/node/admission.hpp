#pragma once

#include "api/result.hpp"
#include "matching/types.hpp"
#include "server/node/fair_shares.hpp"
#include "server/node/pressure.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

namespace perdure::server {

/// What a server takes on before it refuses new work.
struct admission_options {
    /// Requests that may wait for the disk at once, their bytes, and how many of them for one workflow id.
    std::size_t waiting_requests = 10'000;
    std::size_t waiting_bytes = std::size_t{64} * 1024 * 1024;
    std::size_t waiting_requests_a_workflow = 1'000;
    /// Requests that wait longer for the server, the disk's own time apart, are too many.
    std::chrono::milliseconds target_delay{50};
};

/// Why a request was refused, by the names of Temporal's ResourceExhaustedCause.
enum class exhausted_cause : std::uint8_t { system_overloaded, persistence_limit, busy_workflow };
/// "SystemOverloaded" and its like, as metrics say it.
[[nodiscard]] std::string_view to_string(exhausted_cause cause) noexcept;

/// Decides whether new work is taken: starts, signals, queries. Work that was admitted is never asked for: answers of
/// workers, heartbeats, and what reads or ends a run always pass.
///
/// It refuses what would make everybody wait: when requests wait for the server's thread, or for commits to be put together,
/// longer than the target. Time that the disk itself takes is no reason: a slow disk fills batches, and nobody is helped
/// by a smaller one. Against a disk that does not come back the requests that wait for it, and their bytes, are bounded.
///
/// Pure: time comes in by `advance`. Not thread safe.
class admission {
  public:
    explicit admission(const admission_options& options = {});

    /// Whom a request is for: shares are fair between workflow ids, and between the task queues of starts.
    struct asker {
        enum class kind : std::uint8_t { workflow, task_queue };
        kind what = kind::workflow;
        std::string_view name_space;
        std::string_view id;
    };
    /// One admitted request, until it is answered.
    struct waiting {
        std::uint64_t who = 0;
        std::size_t bytes = 0;
        matching::instant since{};
        std::chrono::nanoseconds disk_before{};
    };
    struct refused {
        exhausted_cause cause = exhausted_cause::system_overloaded;
        service_failure failure;
    };

    [[nodiscard]] matching::instant now() const noexcept { return now_; }
    /// On a clock that never goes back.
    void advance(matching::instant now) { now_ = std::max(now_, now); }

    /// What had arrived was looked at so much later, because the thread was busy.
    void waited_for_thread(std::chrono::nanoseconds wait);
    /// A commit waited so long for the disk; before the requests that it answers are ended.
    void waited_for_disk(std::chrono::nanoseconds wait) { disk_ += wait; }

    /// Does `work`, during which everybody is admitted: for those who share the process, and with it the trouble.
    template <class Work>
    void from_inside(Work&& work) {
        inside_ = true;
        std::forward<Work>(work)();
        inside_ = false;
    }

    /// For what changes nothing on the disk.
    [[nodiscard]] std::optional<refused> ask(const asker& who);
    /// For what waits for the disk: it counts until `end`.
    [[nodiscard]] std::variant<waiting, refused> begin(const asker& who, std::size_t bytes);
    /// `took_effect`: it was not refused, so that the time it took tells how long such work waits.
    void end(const waiting& request, bool took_effect);

    /// After how long somebody who is refused now should ask again: when what waits now was served, as far as the last
    /// waits, the disk's own time included, tell.
    [[nodiscard]] std::chrono::milliseconds retry_delay() const;

    [[nodiscard]] std::size_t waiting_requests() const noexcept { return requests_; }
    [[nodiscard]] std::size_t waiting_bytes() const noexcept { return bytes_; }

  private:
    [[nodiscard]] std::optional<refused> check_share(const asker& who, std::uint64_t key);
    [[nodiscard]] std::optional<refused> check_room(const asker& who, std::uint64_t key, std::size_t bytes) const;

    admission_options options_;
    matching::instant now_{};
    std::chrono::nanoseconds disk_{};
    pressure pressure_;
    fair_shares shares_;
    bool inside_ = false;
    std::size_t requests_ = 0;
    std::size_t bytes_ = 0;
    /// How long the last ones took, the newest counting most; when one ended last; how late the thread was last.
    std::chrono::nanoseconds took_{};
    matching::instant moved_{};
    std::chrono::nanoseconds late_{};
    /// How many wait for each that anything waits for.
    std::unordered_map<std::uint64_t, std::size_t> waiting_by_asker_;
};

}  // namespace perdure::server
