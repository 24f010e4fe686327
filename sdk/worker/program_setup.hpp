#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <perdure/worker_main.hpp>

#include "sdk/activity/activity_registry.hpp"
#include "sdk/replay/workflow_registry.hpp"

namespace perdure::detail {

/// What the command line of a worker program may override.
struct program_overrides {
    endpoint where{};
    std::optional<std::string> task_queue{};
    std::optional<std::uint16_t> metrics_port{};
    std::optional<log_level> least_log_level{};
    std::optional<std::string> identity{};
    bool serves = true;
};

/// The workers that a program's setup has made.
class program_setup final : public worker_setup {
  public:
    explicit program_setup(program_overrides given);

    [[nodiscard]] const perdure::client& client() const override { return client_; }
    [[nodiscard]] bool serves() const noexcept override { return given_.serves; }
    void convert(data_conversion how) override;
    worker& add_worker(worker_options options) override;

    /// Works until a signal; the program's exit code.
    int run();

    [[nodiscard]] const std::list<worker>& workers() const noexcept { return workers_; }
    [[nodiscard]] std::vector<std::shared_ptr<const workflow_registry>> types() const;
    [[nodiscard]] std::vector<std::shared_ptr<const activity_registry>> activities() const;
    [[nodiscard]] const data_conversion& conversion() const noexcept { return given_.where.conversion; }

  private:
    program_overrides given_;
    perdure::client client_;
    std::list<worker> workers_;
};

}  // namespace perdure::detail
