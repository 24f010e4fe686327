#include "sdk/replay/second_look.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include <perdure/errors.hpp>

#include "sdk/replay/replay_watcher.hpp"
#include "sdk/replay/task_trouble.hpp"
#include "sdk/replay/wording.hpp"
#include "sdk/workflow/run.hpp"

namespace perdure::detail {
namespace {

class stack_catcher final : public replay_watcher {
  public:
    explicit stack_catcher(std::string wanted) : wanted_(std::move(wanted)) {}

    void issued(const run& live, const command_entry& command, std::int64_t) override {
        if (describe(command) == wanted_) stack_ = live.issuing_stack(command.at);
    }

    [[nodiscard]] const std::string& stack() const noexcept { return stack_; }

  private:
    std::string wanted_;
    std::string stack_;
};

bool same_place(const mismatch& one, const mismatch& other) {
    const auto same_field = [](const mismatch::field& a, const mismatch::field& b) {
        return a.name == b.name && a.produced == b.produced;
    };
    return one.event_id == other.event_id && one.produced == other.produced &&
           std::equal(one.fields.begin(), one.fields.end(), other.fields.begin(), other.fields.end(), same_field);
}

}  // namespace

void look_again(const workflow_type& type, const run_identity& identity, const activation_environment& environment,
                const replay_again& redo, activation_result& result) {
    mismatch found = *result.found;
    stack_catcher catcher(found.produced);
    workflow_run again(type, identity);
    const activation_result second = redo(
        again, {.watcher = &catcher, .rules = environment.rules, .space = environment.space, .identity = environment.identity});
    if (!second.found || !same_place(*second.found, found)) {
        found.cause =
            "the code is not deterministic: two replays of this history went different ways; look for a clock, a random number, "
            "an address or an unordered container that decides something";
    } else if (!catcher.stack().empty()) {
        found.stack = catcher.stack();
    }
    const std::string stack = found.stack;
    std::vector<mismatch> warnings = std::move(result.warnings);
    result = task_trouble(std::make_exception_ptr(nondeterminism_error(std::move(found))), stack);
    result.warnings = std::move(warnings);
}

}  // namespace perdure::detail
