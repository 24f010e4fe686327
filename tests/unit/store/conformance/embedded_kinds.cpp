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
    explicit sqlite_home(std::size_t log_file_bytes = sqlite_options().log_file_bytes) : log_file_bytes_(log_file_bytes) {
        reopen();
    }
    store& current() override { return *store_; }
    void reopen() override {
        store_.reset();
        sqlite_options options;
        options.path = folder_.path("perdure.db");
        options.log_file_bytes = log_file_bytes_;
        store_ = must(open_sqlite_store(options));
    }

  private:
    std::size_t log_file_bytes_;
    temporary_folder folder_;
    std::unique_ptr<store> store_;
};

}  // namespace

std::vector<store_kind> all_kinds() {
    return {{"Memory", [] { return std::make_unique<memory_home>(); }},
            {"Sqlite", [] { return std::make_unique<sqlite_home>(); }},
            // Its commits go through both files of the log again and again.
            {"SqliteWithAShortLog", [] { return std::make_unique<sqlite_home>(std::size_t{16} * 1'024); }}};
}

}  // namespace perdure::history::conformance
