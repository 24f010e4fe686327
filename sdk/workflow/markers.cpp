#include "sdk/workflow/markers.hpp"

#include "sdk/workflow/slots.hpp"

namespace perdure::detail {

std::int64_t marker_book::next_mutable(std::string_view id) {
    const auto found = mutable_calls_.find(id);
    return found == mutable_calls_.end() ? (mutable_calls_[std::string(id)] = 1) : ++found->second;
}

bool marker_book::take_side_effect(std::int64_t id, arguments& value) {
    auto node = side_effects_.extract(id);
    if (node.empty()) return false;
    value = std::move(node.mapped());
    return true;
}

bool marker_book::take_mutable(std::string_view id, std::int64_t call, arguments& value) {
    auto node = mutable_.extract({std::string(id), call});
    if (node.empty()) return false;
    value = std::move(node.mapped());
    return true;
}

const arguments* marker_book::last_mutable(std::string_view id) const noexcept {
    const auto found = last_mutable_.find(id);
    return found == last_mutable_.end() ? nullptr : &found->second;
}

void marker_book::set_last_mutable(std::string_view id, arguments value) {
    last_mutable_.insert_or_assign(std::string(id), std::move(value));
}

const bool* marker_book::patched(std::string_view id) const noexcept {
    const auto found = patched_.find(id);
    return found == patched_.end() ? nullptr : &found->second;
}

std::size_t marker_book::bytes() const noexcept {
    std::size_t bytes = 0;
    for (const auto& [id, value] : side_effects_) bytes += size_of(value) + 64;
    for (const auto& [key, value] : mutable_) bytes += size_of(value) + key.first.capacity() + 64;
    for (const auto& [id, value] : last_mutable_) bytes += size_of(value) + 2 * id.capacity() + 128;
    for (const auto& [id, taken] : patched_) bytes += 2 * id.capacity() + 128;
    return bytes;
}

}  // namespace perdure::detail
