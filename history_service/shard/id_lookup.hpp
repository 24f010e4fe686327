#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "history_service/shard/background.hpp"
#include "history_service/store/store.hpp"

namespace perdure::history {

/// What workflow ids mean to a store behind a network, asked beside everything else: those who want to know wait together for
/// one round trip, and the shard's thread waits for none.
///
/// An answer is only as good as nothing has happened to the id since: what is still on its way about it is then void.
class id_lookup {
  public:
    /// Called with nullptr when there is an answer, or will be none; with the reason when the shard ends.
    using continuation = std::function<void(const service_failure*)>;

    /// `settle` is called after answers came and everybody was told.
    id_lookup(store& rows, background& reads, std::function<void()> settle)
        : rows_(rows), reads_(reads), settle_(std::move(settle)) {}
    id_lookup(const id_lookup&) = delete;
    id_lookup& operator=(const id_lookup&) = delete;
    ~id_lookup() { *alive_ = false; }

    /// Reading on the shard's thread would hold up everybody else.
    [[nodiscard]] bool is_wanted() const noexcept { return rows_.is_remote(); }
    /// Asks, and then calls `then`, in the order of the questions; not from inside this call unless reads are made at once.
    void ask(workflow_name name, continuation then);
    /// What the id means, while a continuation runs that asked for it; nothing where that is not known.
    [[nodiscard]] std::optional<std::optional<run_number>> answer(const workflow_name& name) const;
    /// The id means something else from now on.
    void forget(const workflow_name& name);
    /// Whoever waits; nobody does afterwards.
    [[nodiscard]] std::vector<continuation> drop();

  private:
    struct question {
        workflow_name name;
        continuation then;
        bool is_void = false;
    };
    using answers = std::vector<std::optional<run_number>>;
    void send();
    void came(result<answers> found);

    store& rows_;
    background& reads_;
    std::function<void()> settle_;
    std::vector<question> waiting_;
    std::vector<question> under_way_;
    std::map<workflow_name, std::optional<run_number>> answers_;
    bool busy_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace perdure::history
