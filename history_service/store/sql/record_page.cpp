#include "history_service/store/sql/record_page.hpp"

#include <algorithm>

#include "history_service/store/blob.hpp"
#include "history_service/store/store_error.hpp"

namespace perdure::history {

std::vector<journal_record> records_of_row(std::string_view blob) {
    auto records = decode_records(blob);
    if (!records) throw store_error{std::move(records).error()};
    return *std::move(records);
}

bool record_page::add_row(std::string_view blob) {
    auto records = records_of_row(blob);
    if (way_ == direction::backwards) std::ranges::reverse(records);
    return std::ranges::all_of(records, [this](journal_record& record) { return !is_wanted(record) || add(record); });
}

bool record_page::is_wanted(const journal_record& record) const noexcept {
    if (record.event_count == 0) return false;
    if (way_ == direction::backwards) return record.first_event_id <= event_id_;
    return record.first_event_id + record.event_count > event_id_;
}

bool record_page::add(journal_record& record) {
    if (!found_.empty() && (events_ >= max_events_ || bytes_ >= max_bytes_)) return false;
    events_ += static_cast<std::size_t>(record.event_count);
    bytes_ += record.bytes.size();
    found_.push_back(std::move(record));
    return true;
}

}  // namespace perdure::history
