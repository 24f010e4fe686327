#include "history_service/store/memory/memory_store.hpp"
#include "history_service/store/sqlite/sqlite_store.hpp"
#include "tests/unit/store/conformance/suite.hpp"
#include "tests/unit/store/temporary_folder.hpp"

namespace perdure::history::conformance {
namespace {

class memory_home final : public store_home {
  public:
    store& current() override { return store_; }
    void reopen() override {}

  private:
    memory_store store_;
};

class sqlite_home final : public store_home {
  public:
    sqlite_home() { reopen(); }
    store& current() override { return *store_; }
    void reopen() override {
        store_.reset();
        sqlite_options options;
        options.path = folder_.path("perdure.db");
        store_ = must(open_sqlite_store(options));
    }

  private:
    temporary_folder folder_;
    std::unique_ptr<store> store_;
};

}  // namespace

std::vector<store_kind> all_kinds() {
    return {{"Memory", [] { return std::make_unique<memory_home>(); }},
            {"Sqlite", [] { return std::make_unique<sqlite_home>(); }}};
}

}  // namespace perdure::history::conformance
