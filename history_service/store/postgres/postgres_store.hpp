#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "history_service/store/store.hpp"

namespace perdure::history {

struct postgres_options {
    /// A connection string of libpq: `postgres://user@host/database?...`, or `host=... dbname=...`.
    std::string uri;
    /// For looking at the data beside its server: every write is refused, and a standby of the database will do.
    bool read_only = false;
    /// Brings an older schema up to date on opening. Without it, an older schema is refused.
    bool migrate = true;
    /// How long a write waits for a database that is away, before it is refused with nothing applied. A write whose outcome is
    /// not known waits for as long as it takes.
    std::chrono::milliseconds patience{5'000};
    /// How long a read waits in all.
    std::chrono::milliseconds read_limit{5'000};
    /// Gets a sentence about the database that an operator should read: a lost connection, a found one, a setting that risks
    /// data. Called from the threads that use the store, and one at a time.
    std::function<void(const std::string&)> warn{};
};

/// Opens a store in a PostgreSQL database, in its schema `perdure`. Several servers may open the same one: the lease decides
/// who writes.
///
/// A connection that breaks is made again. What became of a commit that was under way is then found out in the database,
/// and only after that the commit is answered. Reads do not wait for a database that is away.
///
/// Errors, besides those of every store: `unavailable` while the database is away; `failed_precondition` for a wrong
/// connection string, a role without a right, a standby, a schema that is newer, or older without `migrate`;
/// `resource_exhausted` where the database has no space or no connection left. A commit is refused with
/// `failed_precondition` only for its epoch.
[[nodiscard]] result<std::unique_ptr<store>> open_postgres_store(const postgres_options& options);

}  // namespace perdure::history
