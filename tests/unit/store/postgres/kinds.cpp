#include "history_service/store/postgres/postgres_store.hpp"
#include "tests/support/postgres/cluster.hpp"
#include "tests/unit/store/conformance/suite.hpp"

namespace perdure::history::conformance {
namespace {

class postgres_home final : public store_home {
  public:
    postgres_home() : database_(support::postgres_cluster::shared().make_database()) { reopen(); }
    store& current() override { return *store_; }
    void reopen() override {
        store_.reset();
        postgres_options options;
        options.uri = support::postgres_cluster::shared().uri(database_);
        store_ = must(open_postgres_store(options));
    }

  private:
    std::string database_;
    std::unique_ptr<store> store_;
};

}  // namespace

std::vector<store_kind> all_kinds() {
    return {{"Postgres", [] { return std::make_unique<postgres_home>(); }, [] { return support::postgres_cluster::missing(); }}};
}

}  // namespace perdure::history::conformance
