#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "history_service/store/rows.hpp"

namespace perdure::history {

/// The records in a row of the journal. Throws `store_error` (data_loss) when they cannot be read.
[[nodiscard]] std::vector<journal_record> records_of_row(std::string_view blob);

/// What `store::read_events` and its reverse answer with, put together from rows of the journal.
class record_page {
  public:
    enum class direction : std::uint8_t { forwards, backwards };

    /// Of the events from `event_id` on, in that direction. The first record is taken however large it is.
    record_page(direction way, std::int64_t event_id, std::size_t max_events, std::size_t max_bytes)
        : way_(way), event_id_(event_id), max_events_(max_events), max_bytes_(max_bytes) {}

    /// Takes what belongs to the page of the next row in the direction. False: the page is full. Throws `store_error`.
    [[nodiscard]] bool add_row(std::string_view blob);
    [[nodiscard]] std::vector<journal_record> take() { return std::move(found_); }

    [[nodiscard]] direction way() const noexcept { return way_; }
    [[nodiscard]] std::int64_t event_id() const noexcept { return event_id_; }

  private:
    [[nodiscard]] bool is_wanted(const journal_record& record) const noexcept;
    [[nodiscard]] bool add(journal_record& record);

    direction way_;
    std::int64_t event_id_;
    std::size_t max_events_;
    std::size_t max_bytes_;
    std::size_t events_ = 0;
    std::size_t bytes_ = 0;
    std::vector<journal_record> found_;
};

}  // namespace perdure::history
