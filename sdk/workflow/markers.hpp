#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "api/raw_payload.hpp"

namespace perdure::detail {

// The markers that Temporal's Go SDK writes, and the keys of their details.
inline constexpr std::string_view side_effect_marker = "SideEffect";
inline constexpr std::string_view mutable_side_effect_marker = "MutableSideEffect";
inline constexpr std::string_view version_marker = "Version";
inline constexpr std::string_view version_id_key = "change-id";
inline constexpr std::string_view version_number_key = "version";
inline constexpr std::string_view marker_id_key = "side-effect-id";
inline constexpr std::string_view marker_data_key = "data";
inline constexpr std::string_view marker_counter_key = "mutable-side-effect-call-counter";

/// Recorded values: what the markers of the present task hold, and what workflow code has asked for so far.
class marker_book {
  public:
    /// Before a task is replayed: the values that it had recorded.
    void recorded_side_effect(std::int64_t id, arguments value) { side_effects_[id] = std::move(value); }
    void recorded_mutable(std::string id, std::int64_t call, arguments value) {
        mutable_[{std::move(id), call}] = std::move(value);
    }

    void recorded_patch(std::string id) { patches_.insert(std::move(id)); }

    [[nodiscard]] std::int64_t next_side_effect() noexcept { return ++side_effect_count_; }
    [[nodiscard]] std::int64_t next_mutable(std::string_view id);

    /// The recorded value, which is then forgotten; nullptr if there is none.
    [[nodiscard]] bool take_side_effect(std::int64_t id, arguments& value);
    [[nodiscard]] bool take_mutable(std::string_view id, std::int64_t call, arguments& value);

    /// The value that mutable side effects of this id have had last; nullptr before the first.
    [[nodiscard]] const arguments* last_mutable(std::string_view id) const noexcept;
    void set_last_mutable(std::string_view id, arguments value);

    /// Whether history records the patch; its marker may stand behind the place that asks, but in the same task.
    [[nodiscard]] bool has_patch(std::string_view id) const noexcept { return patches_.contains(id); }
    /// The answer that the run has had before; nullptr if it never asked.
    [[nodiscard]] const bool* patched(std::string_view id) const noexcept;
    void remember_patch(std::string_view id, bool taken) { patched_.emplace(id, taken); }

    [[nodiscard]] std::size_t bytes() const noexcept;

  private:
    std::map<std::int64_t, arguments> side_effects_;
    std::map<std::pair<std::string, std::int64_t>, arguments> mutable_;
    std::map<std::string, std::int64_t, std::less<>> mutable_calls_;
    std::map<std::string, arguments, std::less<>> last_mutable_;
    std::set<std::string, std::less<>> patches_;
    std::map<std::string, bool, std::less<>> patched_;
    std::int64_t side_effect_count_ = 0;
};

}  // namespace perdure::detail
