#pragma once

/// @file
/// Replaying recorded histories with the code of this program: in tests, before a deploy, when a run is stuck.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <perdure/detail/registrations.hpp>
#include <perdure/errors.hpp>
#include <perdure/mismatch.hpp>
#include <perdure/payload_codec.hpp>
#include <perdure/replay_level.hpp>

namespace perdure {

/// Why a history cannot be used.
enum class history_trouble : std::uint8_t {
    missing,     // there is no such file
    unreadable,  // the file cannot be read
    malformed,   // neither JSON nor the binary form of a history
    incomplete,  // it does not begin with the run's start, or events are missing
};

/// A history could not be read. The message names the file, the line or byte, and the event.
class history_error final : public error {
  public:
    history_error(history_trouble kind, const std::string& message) : error(message), kind_(kind) {}
    [[nodiscard]] history_trouble kind() const noexcept { return kind_; }

  private:
    history_trouble kind_;
};

namespace detail {
class history_content;
struct replay_outcome;
}  // namespace detail

class replayer;

// The service, which a test may hold in the same program, has a namespace of the same name.
inline namespace recorded {

/// A recorded history. Cheap to copy; copies share the events. Safe to use from several threads at once.
class history {
  public:
    /// Reads an export of `perdure workflow show --output json` or of Temporal's tools: `{"events": [...]}` or a bare list of
    /// events, names of enums in both spellings. Throws history_error.
    [[nodiscard]] static history from_json_file(const std::filesystem::path& file);
    /// The same from text; `name` stands for it in messages.
    [[nodiscard]] static history from_json(std::string_view json, std::string name = "the history");
    /// Reads JSON or the binary form (temporal.api.history.v1.History), whichever it is. Throws history_error.
    [[nodiscard]] static history from_file(const std::filesystem::path& file);
    [[nodiscard]] static history from_binary(std::string_view bytes, std::string name = "the history");

    /// The file or what else it came from.
    [[nodiscard]] const std::string& name() const noexcept;
    [[nodiscard]] const std::string& workflow_type() const noexcept;
    /// The number of events.
    [[nodiscard]] std::size_t size() const noexcept;

    /// The export format; reading and writing it again gives the same bytes.
    [[nodiscard]] std::string to_json() const;
    [[nodiscard]] std::string to_binary() const;

  private:
    friend class perdure::replayer;
    explicit history(std::shared_ptr<const detail::history_content> held) : held_(std::move(held)) {}

    std::shared_ptr<const detail::history_content> held_;
};

}  // namespace recorded

/// What a replay came to.
enum class replay_verdict : std::uint8_t {
    fits,
    differs,       // the code does not make the recorded commands
    failed,        // workflow code failed its task, as by an exception outside of the family of failures
    unknown_type,  // the workflow type is not registered
    undecodable,   // a payload does not decode as the type that the code expects
    refused,       // the history cannot be replayed: a newer SDK wrote it, or it has events that this one does not know
};

/// The result of one replay.
class replay_report {
  public:
    /// Made by replayers.
    replay_report(std::string name, detail::replay_outcome outcome);

    [[nodiscard]] bool ok() const noexcept { return verdict_ == replay_verdict::fits; }
    [[nodiscard]] replay_verdict verdict() const noexcept { return verdict_; }
    /// The history's name.
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// One sentence; empty when the history fits.
    [[nodiscard]] const std::string& message() const noexcept { return message_; }
    /// `PD-1001` and the like; empty when the history fits.
    [[nodiscard]] std::string_view number() const noexcept;
    /// Of a history that differs: where.
    [[nodiscard]] const std::optional<mismatch>& found() const noexcept { return found_; }
    /// Differences that the level lets pass.
    [[nodiscard]] const std::vector<mismatch>& warnings() const noexcept { return warnings_; }
    /// Of a task that failed otherwise: the coroutines' stack.
    [[nodiscard]] const std::string& stack() const noexcept { return stack_; }
    [[nodiscard]] std::size_t events() const noexcept { return events_; }
    /// The last event, if the history ends inside of a workflow task, whose commands are then not in it; 0 otherwise.
    [[nodiscard]] std::int64_t ends_inside() const noexcept { return ends_inside_; }

    /// The whole report for people, and for tools.
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::string json() const;

  private:
    std::string name_;
    std::string message_;
    std::string stack_;
    std::optional<mismatch> found_;
    std::vector<mismatch> warnings_;
    std::size_t events_ = 0;
    std::int64_t ends_inside_ = 0;
    replay_verdict verdict_;
};
/// Writes the report for people, so that `EXPECT_TRUE(report.ok()) << report` explains a failing test.
std::ostream& operator<<(std::ostream& out, const replay_report& report);

/// How a replayer compares.
struct replay_options {
    replay_level level = replay_level::arguments;
    /// The levels of single workflow types.
    std::map<std::string, replay_level, std::less<>> level_of{};
    /// Decodes payloads that were encrypted or compressed.
    data_conversion conversion{};
};

/// Replays histories with registered workflow code, without a server. Activities are not run: their results are in the history.
///
///     perdure::replayer replayer;
///     replayer.add_workflow<OrderWorkflow>();
///     const auto report = replayer.replay(perdure::history::from_json_file("tests/histories/order-42.json"));
///     EXPECT_TRUE(report.ok()) << report;
///
/// Registration is not thread safe; `replay` may be called on several threads at once.
class replayer {
  public:
    explicit replayer(replay_options options = {});

    /// Registers a workflow class (one that derives from `implements<Contract>` and has a `definition()`).
    template <class Workflow>
    void add_workflow() {
        registered_.add_workflow<Workflow>();
    }
    /// Registers a workflow function (made by `define_function`).
    template <class Definition>
    void add_workflow(const Definition& definition) {
        registered_.add_workflow(definition);
    }

    /// Replays the whole history and compares each command, those of the last task too. Never throws for what the history or
    /// the code does: that is in the report.
    [[nodiscard]] replay_report replay(const history& recorded) const;

  private:
    detail::registrations registered_;
    replay_options options_;
};

/// A history file as the parameter of a test; prints as its name.
struct history_file {
    std::filesystem::path path;
    [[nodiscard]] history load() const { return history::from_file(path); }
};
void PrintTo(const history_file& file, std::ostream* out);  // NOLINT(readability-identifier-naming): GoogleTest looks for it

/// All files of a folder and the folders below that end in `.json` or `.pb`, sorted by name: a parameter source for GoogleTest.
///
///     INSTANTIATE_TEST_SUITE_P(Recorded, Replays, testing::ValuesIn(perdure::replay_folder("tests/histories")));
///
/// Throws history_error when there is no such folder, or no history in it: a test without parameters would prove nothing.
[[nodiscard]] std::vector<history_file> replay_folder(const std::filesystem::path& folder);

}  // namespace perdure
