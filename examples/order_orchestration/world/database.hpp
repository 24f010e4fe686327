#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace shop {

/// A small SQLite file shared by several processes. Every change is one immediate transaction, so two workers that are
/// told to do the same step at the same time do it once. One object a thread, or calls serialised by the caller.
class Database {
  public:
    /// Opens or creates the file and runs `schema` (idempotent statements). Throws std::runtime_error with SQLite's words.
    Database(const std::string& path, const std::string& schema);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    using Row = std::vector<std::string>;

    /// Runs one statement with text parameters and returns its rows as text.
    std::vector<Row> run(const std::string& sql, const std::vector<std::string>& parameters = {});

    /// Runs `body` inside one transaction: all of it happens or, when it throws, nothing.
    void transact(const std::function<void()>& body);

  private:
    sqlite3* handle_ = nullptr;
};

}  // namespace shop
