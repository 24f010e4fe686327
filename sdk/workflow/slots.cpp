#include "sdk/workflow/slots.hpp"

#include <algorithm>

#include "api/assert.hpp"

namespace perdure::detail {

std::uint32_t slot_table::add(slot_kind kind) {
    std::uint32_t index = 0;
    if (free_.empty()) {
        index = static_cast<std::uint32_t>(rows_.size());
        rows_.emplace_back();
        free_.reserve(rows_.capacity());  // so that releasing never allocates
    } else {
        index = free_.back();
        free_.pop_back();
    }
    slot& row = rows_[index];
    row.kind = kind;
    row.state = slot_state::pending;
    row.issued = ++issued_;
    return index;
}

void slot_table::release(std::uint32_t index) {
    slot& row = rows_[index];
    PERDURE_ASSERT(row.state != slot_state::free, "a row of the operation table is released once");
    const std::uint32_t generation = row.generation + 1;
    row = slot{};
    row.generation = generation;
    free_.push_back(index);
}

std::size_t slot_table::payload_bytes() const noexcept {
    std::size_t bytes = 0;
    for (const slot& row : rows_) bytes += size_of(row.value) + row.name.capacity();
    return bytes;
}

void slot_table::forget_waiters() noexcept {
    for (slot& row : rows_) row.waiting = nullptr;
}

void slot_table::sort_by_issue(std::vector<std::uint32_t>& indices) const {
    std::sort(indices.begin(), indices.end(),
              [this](std::uint32_t a, std::uint32_t b) { return rows_[a].issued < rows_[b].issued; });
}

std::size_t size_of(const arguments& values) noexcept {
    std::size_t bytes = values.values.capacity() * sizeof(raw_payload);
    for (const raw_payload& payload : values.values) {
        bytes += payload.data.capacity() + payload.encoding.capacity();
        for (const auto& [key, value] : payload.metadata) bytes += key.capacity() + value.capacity() + 64;
    }
    return bytes;
}

}  // namespace perdure::detail
