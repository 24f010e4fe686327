#pragma once

#include <memory>
#include <string>

#include "tests/support/postgres/cluster.hpp"

namespace perdure::bench {

/// The PostgreSQL that a suite uses: the one that it is given, or a private one that flushes as a real one does. Every
/// measurement gets a database of its own.
class suite_postgres {
  public:
    /// `uri` empty: makes a private one in a temporary folder. Throws std::runtime_error when it cannot.
    explicit suite_postgres(std::string uri);

    /// A new database; the one before is dropped.
    [[nodiscard]] std::string fresh();
    ~suite_postgres();
    suite_postgres(const suite_postgres&) = delete;
    suite_postgres& operator=(const suite_postgres&) = delete;

    [[nodiscard]] std::string version() const;

  private:
    void drop() noexcept;

    std::unique_ptr<support::postgres_cluster> own_;
    std::string uri_;
    std::string database_;
    int made_ = 0;
};

}  // namespace perdure::bench
