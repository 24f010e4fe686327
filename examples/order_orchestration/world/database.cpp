#include "world/database.hpp"

#include <sqlite3.h>

#include <stdexcept>

namespace shop {
namespace {

[[noreturn]] void fail(sqlite3* handle, const std::string& doing) {
    throw std::runtime_error(doing + ": " + (handle != nullptr ? sqlite3_errmsg(handle) : "out of memory"));
}

}  // namespace

Database::Database(const std::string& path, const std::string& schema) {
    if (sqlite3_open(path.c_str(), &handle_) != SQLITE_OK) fail(handle_, "cannot open " + path);
    sqlite3_busy_timeout(handle_, 30'000);
    // Two processes may find no file yet: only where a transaction begins does SQLite let one wait for the other, which it does
    // not for a change of the journal's mode or for a reader that becomes a writer.
    const std::string setup = "BEGIN IMMEDIATE;" + schema + "COMMIT;";
    if (sqlite3_exec(handle_, setup.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(handle_, "cannot prepare " + path);
}

Database::~Database() { sqlite3_close_v2(handle_); }

std::vector<Database::Row> Database::run(const std::string& sql, const std::vector<std::string>& parameters) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(handle_, sql.c_str(), -1, &raw, nullptr) != SQLITE_OK) fail(handle_, sql);
    const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(raw, &sqlite3_finalize);
    for (std::size_t i = 0; i < parameters.size(); ++i)
        sqlite3_bind_text(raw, static_cast<int>(i) + 1, parameters[i].data(), static_cast<int>(parameters[i].size()),
                          SQLITE_TRANSIENT);
    std::vector<Row> rows;
    int step = sqlite3_step(raw);
    for (; step == SQLITE_ROW; step = sqlite3_step(raw)) {
        Row row;
        for (int column = 0; column < sqlite3_column_count(raw); ++column) {
            const auto* text = static_cast<const char*>(sqlite3_column_blob(raw, column));
            row.emplace_back(text == nullptr ? "" : text, static_cast<std::size_t>(sqlite3_column_bytes(raw, column)));
        }
        rows.push_back(std::move(row));
    }
    if (step != SQLITE_DONE) fail(handle_, sql);
    return rows;
}

void Database::transact(const std::function<void()>& body) {
    run("BEGIN IMMEDIATE");
    try {
        body();
        run("COMMIT");
    } catch (...) {
        sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
        throw;
    }
}

}  // namespace shop
