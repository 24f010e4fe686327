#include <unistd.h>

#include <perdure/embedded.hpp>
#include <perdure/worker.hpp>
#include <stdexcept>

#include "bench/machine/postgres.hpp"
#include "bench/stage/server_process.hpp"
#include "bench/stage/stage.hpp"
#include "bench/stage/worker_settings.hpp"

namespace perdure::bench {
namespace {

std::string file_of(const settings& wanted) {
    if (is_postgres(wanted.store)) throw std::runtime_error("an embedded server has no PostgreSQL: use --mode remote");
    return wanted.store == "sqlite" ? database_file(wanted.folder) : "";
}

class embedded final : public stage {
  public:
    explicit embedded(const settings& wanted)
        : server_({.database = file_of(wanted)}), via_(server_.client()), worker_(via_, busy_worker(wanted.plain)) {
        add_workflows(worker_);
        worker_.start();
    }

    const client& via() const override { return via_; }
    sample look() const override { return {.client = usage_of(::getpid())}; }
    double written_bytes() const override { return usage_of(::getpid()).written_bytes; }

  private:
    embedded_server server_;
    client via_;
    worker worker_;
};

}  // namespace

std::unique_ptr<stage> embedded_stage(const settings& wanted) { return std::make_unique<embedded>(wanted); }

}  // namespace perdure::bench
