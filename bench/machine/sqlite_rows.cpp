#include "bench/machine/sqlite_rows.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <stdexcept>

namespace perdure::bench {
namespace {

using clock = std::chrono::steady_clock;

struct closer {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using database = std::unique_ptr<sqlite3, closer>;
using statement = std::unique_ptr<sqlite3_stmt, closer>;

void check(bool good, sqlite3* in) {
    if (!good) throw std::runtime_error(std::string("SQLite cannot be measured: ") + sqlite3_errmsg(in));
}

void run(sqlite3* in, const char* sql) { check(sqlite3_exec(in, sql, nullptr, nullptr, nullptr) == SQLITE_OK, in); }

// Rows made durable in this time.
std::size_t insert_for(sqlite3* in, sqlite3_stmt* insert, std::size_t batch, std::chrono::milliseconds time) {
    const auto until = clock::now() + time;
    std::size_t rows = 0;
    while (clock::now() < until) {
        run(in, "BEGIN IMMEDIATE");
        for (std::size_t i = 0; i < batch; ++i) {
            check(sqlite3_step(insert) == SQLITE_DONE, in);
            sqlite3_reset(insert);
        }
        run(in, "COMMIT");
        rows += batch;
    }
    return rows;
}

void remove_files(const std::string& path) {
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
}

}  // namespace

double sqlite_rows_per_second(const std::string& folder, std::size_t batch, std::chrono::milliseconds measure) {
    const std::string path = folder + "/rows.db";
    remove_files(path);
    double per_second = 0;
    {
        sqlite3* opened = nullptr;
        const int status = sqlite3_open(path.c_str(), &opened);
        const database in(opened);
        check(status == SQLITE_OK, in.get());
        run(in.get(), "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE rows(id INTEGER PRIMARY KEY, bytes BLOB)");
        sqlite3_stmt* prepared = nullptr;
        check(sqlite3_prepare_v2(in.get(), "INSERT INTO rows(bytes) VALUES (?)", -1, &prepared, nullptr) == SQLITE_OK, in.get());
        const statement insert(prepared);
        const std::string bytes(row_bytes, 'x');
        sqlite3_bind_blob(insert.get(), 1, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC);
        // The log grows to its full length first: a flush of a file that grows is dearer, and no server's everyday.
        insert_for(in.get(), insert.get(), 1'024, measure / 4);
        const auto began = clock::now();
        const std::size_t rows = insert_for(in.get(), insert.get(), batch, measure);
        per_second = static_cast<double>(rows) / std::chrono::duration<double>(clock::now() - began).count();
    }
    remove_files(path);
    return per_second;
}

}  // namespace perdure::bench
