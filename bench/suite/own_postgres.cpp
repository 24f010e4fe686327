#include "bench/suite/own_postgres.hpp"

#include <unistd.h>

#include <stdexcept>
#include <utility>

#include "bench/machine/postgres.hpp"

namespace perdure::bench {
namespace {

std::unique_ptr<support::postgres_cluster> make_own() {
    if (const auto missing = support::postgres_cluster::missing())
        throw std::runtime_error(*missing + "; install it, give --postgres URI, or leave it out with --stores sqlite,memory");
    return std::make_unique<support::postgres_cluster>(support::postgres_cluster::options{.fsync = true, .settings = {}});
}

}  // namespace

suite_postgres::suite_postgres(std::string uri) : uri_(std::move(uri)) {
    if (!uri_.empty()) return;
    own_ = make_own();
    uri_ = own_->uri("postgres");
}

suite_postgres::~suite_postgres() { drop(); }

std::string suite_postgres::fresh() {
    drop();
    const std::string name = "perdure_bench_" + std::to_string(::getpid()) + "_" + std::to_string(++made_);
    postgres_link(uri_).tell("CREATE DATABASE " + name);
    database_ = name;
    return with_database(uri_, name);
}

void suite_postgres::drop() noexcept {
    if (database_.empty()) return;
    try {
        postgres_link(uri_).tell("DROP DATABASE " + std::exchange(database_, {}) + " WITH (FORCE)");
    } catch (const std::exception&) {
        // It is gone with its server, or whoever owns the server finds it by its name.
    }
}

std::string suite_postgres::version() const { return postgres_link(uri_).ask("SHOW server_version"); }

}  // namespace perdure::bench
