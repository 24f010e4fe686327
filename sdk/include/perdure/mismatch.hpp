#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace perdure {

/// Where recorded history and the code that replays it part.
struct mismatch {
    /// One line of the two sequences laid side by side.
    struct line {
        enum class side : std::uint8_t { both, recorded, produced };
        side from = side::both;
        std::int64_t event_id = 0;  // of a recorded one
        std::string text{};
        std::string site{};
    };

    /// A member of a command that differs.
    struct field {
        std::string name{};
        std::string recorded{};
        std::string produced{};
        std::string site{};  // of an option: where the code writes it, when that is known
    };

    std::int64_t event_id = 0;
    /// The event of the history, in words; empty when the history has no more.
    std::string expected{};
    /// The command that the code made, in words; empty when it made none.
    std::string produced{};
    /// Source lines, when they are known: `orders/order.workflow.cpp:37 in fulfil`. The first is from when the event was written.
    std::string expected_site{};
    std::string produced_site{};
    /// What kind of mismatch it is: `PD-1001`. Each has a page in docs/errors.
    std::string number{};
    /// What most likely happened to the code; empty when nothing stands out.
    std::string cause{};
    /// The coroutines, innermost first, that the command was made in; without a command, all that wait.
    std::string stack{};
    /// A few commands before the place and after it, recorded and produced.
    std::vector<line> lines{};
    /// Of a command that was found again with other arguments.
    std::vector<field> fields{};
};

/// One sentence with both sides and the remedy.
[[nodiscard]] std::string summary_of(const mismatch& found);

/// The report for people, over many lines: both sides with their source lines, the sequences side by side, what differs, the
/// stack, the likely cause. Long values are cut.
[[nodiscard]] std::string report_of(const mismatch& found);

/// The report as a JSON object, for tools. Nothing is cut.
[[nodiscard]] std::string json_of(const mismatch& found);

/// The title of a number: `PD-1002` is "the code makes a command that the history does not have". Empty for an unknown number.
[[nodiscard]] std::string_view title_of(std::string_view number) noexcept;

}  // namespace perdure
