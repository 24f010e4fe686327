#pragma once

#include <utility>

namespace perdure::detail {

class run;

/// The guarded run whose own code this thread is executing. nullptr while the SDK is at work, and for runs without a guard:
/// the stand-ins in sdk/guards then forward at once.
extern constinit thread_local run* guarded_run;

/// While it lives, whatever the thread does is the doing of this run's code. Nothing for a run without a guard.
class workflow_code {
  public:
    explicit workflow_code(run& owner) noexcept;
    ~workflow_code() { guarded_run = before_; }
    workflow_code(const workflow_code&) = delete;
    workflow_code& operator=(const workflow_code&) = delete;

  private:
    run* before_;
};

/// While it lives, what the thread does is no workflow code: work of the SDK, or code that may do anything.
class free_code {
  public:
    free_code() noexcept : before_(std::exchange(guarded_run, nullptr)) {}
    ~free_code() { guarded_run = before_; }
    free_code(const free_code&) = delete;
    free_code& operator=(const free_code&) = delete;

  private:
    run* before_;
};

}  // namespace perdure::detail
