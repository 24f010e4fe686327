#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace perdure::detail {

/// What a loop's thread does for others between two turns. It returns what is to be done with the outcome in the loop; null
/// for nothing.
using errand = std::function<std::function<void()>()>;

/// A loop and the thread that turns it, which may run errands itself instead of handing them to a thread of their own. When an
/// errand does not come back soon, another thread goes on turning the loop, and the one that was left behind ends with its
/// errand. While there are no errands nobody is woken.
class relieved_loop {
  public:
    struct parts {
        /// Turns the loop once; false when it is over. Called by one thread at a time, as `next_errand` is.
        std::function<bool()> turn;
        /// What to do before the next turn; null for nothing.
        std::function<errand()> next_errand;
        /// Brings the outcome of an errand home that took too long. Called by any thread, also after this object is gone.
        std::function<void(std::function<void()>)> bring_home;
    };

    /// An errand is relieved when it has taken between one and two times as long as `longest_errand`.
    explicit relieved_loop(parts given, std::chrono::milliseconds longest_errand = std::chrono::milliseconds(10));
    /// Waits for the loop to be over, and then a second at most for errands that were left behind.
    ~relieved_loop();
    relieved_loop(const relieved_loop&) = delete;
    relieved_loop& operator=(const relieved_loop&) = delete;

  private:
    struct shared_state;
    static void lead(const std::shared_ptr<shared_state>& state);
    [[nodiscard]] static bool run(shared_state& state, const errand& work);
    static void stand_by(const std::shared_ptr<shared_state>& state);
    static void take_over(const std::shared_ptr<shared_state>& state);
    std::shared_ptr<shared_state> state_;
};

}  // namespace perdure::detail
