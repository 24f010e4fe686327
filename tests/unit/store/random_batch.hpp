#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>

#include "history_service/store/rows.hpp"

namespace perdure::history {

/// Batches with everything in them that a batch can have, one after the other from a seed. They are values to carry, not work
/// for a store.
class random_batch {
  public:
    explicit random_batch(std::uint64_t seed) : random_(seed) {}

    commit_batch next() {
        commit_batch batch;
        batch.epoch = number();
        for (std::int64_t i = draw(4); i > 0; --i) batch.runs.push_back(write());
        for (std::int64_t i = draw(3); i > 0; --i)
            batch.current_runs.push_back({text(), text(), flip() ? std::optional(number()) : std::nullopt});
        for (std::int64_t i = draw(3); i > 0; --i) batch.deleted.push_back(number());
        return batch;
    }
    std::int64_t draw(std::uint64_t n) { return static_cast<std::int64_t>(random_() % n); }

  private:
    bool flip() { return draw(2) == 0; }
    // Small ones and any.
    std::int64_t number() { return flip() ? draw(300) : static_cast<std::int64_t>(random_()); }
    std::string text() {
        std::string made(static_cast<std::size_t>(draw(flip() ? 4 : 200)), '\0');
        for (char& letter : made) letter = static_cast<char>(random_());
        return made;
    }
    wall_time time() { return wall_time{std::chrono::nanoseconds{number()}}; }
    std::optional<wall_time> maybe_time() { return flip() ? std::optional(time()) : std::nullopt; }
    task_row task() {
        return {{text(), text(), flip() ? task_kind::activity : task_kind::workflow, flip()},
                {time(), number(), number()},
                static_cast<std::int32_t>(random_())};
    }
    attribute_value value() {
        if (flip()) return number();
        if (flip()) return static_cast<double>(draw(1'000)) / 7;
        return text();
    }
    visibility_row row() {
        visibility_row made{number(), text(), text(), text(), text(), text()};
        made.status = static_cast<int>(draw(8));
        made.start_time = time();
        made.execution_time = time();
        made.close_time = maybe_time();
        made.history_length = number();
        for (std::int64_t i = draw(3); i > 0; --i) made.attributes.emplace_back(text(), value());
        made.info = text();
        return made;
    }
    run_write write() {
        run_write made;
        made.run = number();
        if (flip()) made.created = run_key{text(), text(), text()};
        made.previous_sequence = number();
        for (std::int64_t i = draw(3); i > 0; --i) made.records.push_back({number(), number(), number(), text()});
        if (flip()) made.checkpoint = run_checkpoint{number(), text()};
        if (flip()) made.wakeup = maybe_time();
        for (std::int64_t i = draw(3); i > 0; --i) made.tasks_added.push_back(task());
        for (std::int64_t i = draw(3); i > 0; --i) made.tasks_removed.push_back(task());
        if (flip()) made.visibility = row();
        made.history_bytes = number();
        return made;
    }

    std::mt19937_64 random_;
};

}  // namespace perdure::history
