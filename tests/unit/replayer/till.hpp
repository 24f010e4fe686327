#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <perdure/replayer.hpp>
#include <perdure/workflow.hpp>

#include "tests/unit/replay/flows.hpp"
#include "tests/unit/replay/story.hpp"

namespace perdure::test {

/// The code that the next replay runs: "first" recorded the history.
inline std::string edition = "first";

/// A till: takes money twice, rests, and is closed by a signal. Its total is declared state.
struct TillFlow : perdure::contract<TillFlow, "till", int(int)> {
    static constexpr signal<"close"> close{};
};

class Till final : public perdure::implements<TillFlow> {
  public:
    static constexpr auto definition() {
        return perdure::define<Till>(&Till::run).on(TillFlow::close, &Till::close_).state<&Till::total_, &Till::open_>();
    }

  private:
    perdure::task<int> run(perdure::context ctx, int first);
    perdure::task<int> take(perdure::context ctx, int amount);

    int total_ = 0;
    bool open_ = true;
    perdure::mailbox<void> close_;
};

/// What the first edition recorded, from its start to its end.
[[nodiscard]] pb::history::History recorded_till(int rounds = 2);
[[nodiscard]] perdure::history as_history(const pb::history::History& events);

/// Replays with the code of an edition.
[[nodiscard]] perdure::replay_report replay_till(const std::string& code, perdure::replay_options options = {});

/// A folder of this test's own, which goes with it.
class scratch_folder {
  public:
    scratch_folder();
    ~scratch_folder();
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    std::filesystem::path write(const std::string& name, const std::string& content) const;

  private:
    std::filesystem::path path_;
};

}  // namespace perdure::test
