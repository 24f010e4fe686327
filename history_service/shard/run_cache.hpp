#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "history_service/shard/run_entry.hpp"

namespace perdure::history {

/// Runs in memory, by number, by name and by workflow id, bounded in bytes; the one not used for longest goes first.
class run_cache {
  public:
    [[nodiscard]] run_entry* find(run_number run);
    [[nodiscard]] std::optional<run_number> find(const run_key& key) const;
    [[nodiscard]] std::optional<run_number> current(const std::string& namespace_name, const std::string& workflow_id) const;

    run_entry& insert(std::unique_ptr<run_entry> entry);
    void set_current(const run_key& key, run_number run);
    void forget_current(const run_key& key);
    void erase(run_number run);

    /// The entry was used and may have grown.
    void touch(run_entry& entry);
    /// What the entry holds may have changed, without a use of it.
    void measure(run_entry& entry);
    /// Drops entries that `may_go` allows until at most `bytes` are held, or none is left to drop; `goes` hears of each before.
    void shrink(std::size_t bytes, const std::function<bool(const run_entry&)>& may_go,
                const std::function<void(const run_entry&)>& goes);

    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

    template <class Visit>
    void for_each(Visit&& visit) {
        for (auto& [run, entry] : entries_) visit(*entry);
    }

  private:
    std::unordered_map<run_number, std::unique_ptr<run_entry>> entries_;
    std::unordered_map<std::string, run_number> by_key_;
    std::unordered_map<std::string, run_number> current_;
    /// The least recently used one first.
    std::list<run_number> recent_;
    std::size_t bytes_ = 0;
};

}  // namespace perdure::history
