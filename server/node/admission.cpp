#include "server/node/admission.hpp"

#include <array>
#include <functional>
#include <string>

namespace perdure::server {
namespace {

constexpr std::chrono::milliseconds interval{100};
constexpr std::size_t longest_shown_id = 200;
constexpr std::chrono::milliseconds shortest_retry{100};
constexpr std::chrono::milliseconds longest_retry{5'000};
constexpr int newest_of_waits = 8;

// Two ids that fall together share one share, which hurts nobody but them.
std::uint64_t key_of(const admission::asker& who) {
    const std::hash<std::string_view> hash;
    const auto mix = [](std::uint64_t into, std::uint64_t more) {
        return into ^ (more + 0x9e3779b97f4a7c15U + (into << 6U) + (into >> 2U));
    };
    return mix(mix(static_cast<std::uint64_t>(who.what), hash(who.name_space)), hash(who.id));
}

std::string name_of(const admission::asker& who) {
    const std::string kind = who.what == admission::asker::kind::workflow ? "workflow" : "task queue";
    return who.id.size() > longest_shown_id ? "this " + kind : kind + " '" + std::string(who.id) + "'";
}

admission::refused refuse(exhausted_cause cause, std::string message) {
    return {cause, {status_code::resource_exhausted, std::move(message)}};
}

}  // namespace

std::string_view to_string(exhausted_cause cause) noexcept {
    static constexpr std::array<std::string_view, 3> names{"SystemOverloaded", "PersistenceLimit", "BusyWorkflow"};
    return names[static_cast<std::size_t>(cause)];
}

admission::admission(const admission_options& options) : options_(options), pressure_(options.target_delay, interval) {}

void admission::waited_for_thread(std::chrono::nanoseconds wait) {
    late_ = wait;
    pressure_.waited_for_thread(now_, wait);
}

std::optional<admission::refused> admission::ask(const asker& who) { return check_share(who, key_of(who)); }

std::optional<admission::refused> admission::check_share(const asker& who, std::uint64_t key) {
    if (inside_) return std::nullopt;
    switch (shares_.ask(key, pressure_.level(now_), now_)) {
        case fair_shares::verdict::granted:
            return std::nullopt;
        case fair_shares::verdict::more_than_its_share: {
            const bool run = who.what == asker::kind::workflow;
            return refuse(run ? exhausted_cause::busy_workflow : exhausted_cause::system_overloaded,
                          "the server is overloaded, and " + name_of(who) + " asks for more than its share of it; send " +
                              (run ? "it fewer messages" : "fewer starts") + ", or try again a little later");
        }
        case fair_shares::verdict::too_many_in_all:
            break;
    }
    return refuse(exhausted_cause::system_overloaded, "the server is overloaded: requests wait more than " +
                                                          std::to_string(options_.target_delay.count()) +
                                                          " ms for it; try again a little later");
}

std::optional<admission::refused> admission::check_room(const asker& who, std::uint64_t key, std::size_t bytes) const {
    if (inside_) return std::nullopt;
    const auto same = waiting_by_asker_.find(key);
    if (who.what == asker::kind::workflow && same != waiting_by_asker_.end() &&
        same->second >= options_.waiting_requests_a_workflow) {
        return refuse(exhausted_cause::busy_workflow,
                      std::to_string(options_.waiting_requests_a_workflow) + " requests for " + name_of(who) +
                          " wait for the disk already; send it fewer messages, or try again a little later");
    }
    if (requests_ >= options_.waiting_requests) {
        return refuse(exhausted_cause::persistence_limit, std::to_string(requests_) +
                                                              " requests wait for the disk and this server takes no more; try "
                                                              "again a little later, or give it a faster disk");
    }
    // One that is larger than all there may be is taken when it is alone.
    if (bytes_ > 0 && bytes_ + bytes > options_.waiting_bytes) {
        return refuse(exhausted_cause::persistence_limit, std::to_string(bytes_) +
                                                              " bytes of requests wait for the disk and this server takes no "
                                                              "more; try again a little later, or send references to large data");
    }
    return std::nullopt;
}

std::variant<admission::waiting, admission::refused> admission::begin(const asker& who, std::size_t bytes) {
    const std::uint64_t key = key_of(who);
    if (auto no = check_room(who, key, bytes)) return *std::move(no);
    if (auto no = check_share(who, key)) return *std::move(no);
    if (requests_ == 0) moved_ = now_;
    ++requests_;
    bytes_ += bytes;
    ++waiting_by_asker_[key];
    return waiting{key, bytes, now_, disk_};
}

void admission::end(const waiting& request, bool took_effect) {
    --requests_;
    bytes_ -= request.bytes;
    if (const auto same = waiting_by_asker_.find(request.who); same != waiting_by_asker_.end() && --same->second == 0)
        waiting_by_asker_.erase(same);
    moved_ = now_;
    if (!took_effect) return;
    const std::chrono::nanoseconds by_the_disk = disk_ - request.disk_before;
    const std::chrono::nanoseconds in_all = now_ - request.since;
    took_ += (in_all - took_) / newest_of_waits;
    pressure_.worked_for(now_, std::max(in_all - by_the_disk, std::chrono::nanoseconds(0)));
}

std::chrono::milliseconds admission::retry_delay() const {
    // Where nothing ends, it takes at least as long as it has taken already.
    const std::chrono::nanoseconds stuck = requests_ > 0 ? now_ - moved_ : matching::instant(0);
    const auto wait = std::max(took_, stuck) + late_;
    // Twice, so that who comes back meets a shorter queue than the one that was too long for it.
    return std::clamp(std::chrono::ceil<std::chrono::milliseconds>(2 * wait), shortest_retry, longest_retry);
}

}  // namespace perdure::server
