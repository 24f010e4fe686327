#include "history_service/store/sqlite/connection.hpp"

#include <sqlite3.h>

namespace perdure::history::sqlite {
namespace {

status_code status_of(int code) {
    switch (code & 0xFF) {
        case SQLITE_CONSTRAINT:
            return status_code::aborted;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return status_code::data_loss;
        case SQLITE_ERROR:
        case SQLITE_MISUSE:
        case SQLITE_RANGE:
            return status_code::internal;
        default:
            return status_code::unavailable;
    }
}

std::string remedy_of(int code) {
    switch (code & 0xFF) {
        case SQLITE_FULL:
            return "; free some space on its disk, the request may then be repeated";
        case SQLITE_IOERR:
            return "; look at the disk and its mount, the request may be repeated";
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return "; another program holds the database";
        case SQLITE_READONLY:
            return "; make the file and its directory writable";
        case SQLITE_CANTOPEN:
            return "; look at the path and its permissions";
        case SQLITE_CORRUPT:
            return "; restore a backup";
        case SQLITE_NOTADB:
            return "; name another file";
        default:
            return "";
    }
}

[[noreturn]] void fail(sqlite3* db, int code) {
    const int extended = db != nullptr ? sqlite3_extended_errcode(db) : code;
    const char* message = db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    throw error{{status_of(code), "the database failed: " + std::string(message) + " (SQLite error " + std::to_string(extended) +
                                      ")" + remedy_of(code)}};
}

}  // namespace

void statement::closer::operator()(sqlite3_stmt* handle) const noexcept { sqlite3_finalize(handle); }

statement::statement(sqlite3* db, std::string_view sql) : db_(db) {
    sqlite3_stmt* made = nullptr;
    const int code = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &made, nullptr);
    handle_.reset(made);
    check(code);
}

void statement::check(int code) const {
    if (code != SQLITE_OK) fail(db_, code);
}

bool statement::next() {
    const int code = sqlite3_step(handle_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) {
        sqlite3_reset(handle_.get());
        return false;
    }
    // The error is read before the reset, which would clear it.
    try {
        fail(db_, code);
    } catch (...) {
        sqlite3_reset(handle_.get());
        throw;
    }
}

void statement::finish() noexcept { sqlite3_reset(handle_.get()); }
void statement::restart() noexcept { sqlite3_reset(handle_.get()); }

void statement::bind(int index, std::int64_t value) { check(sqlite3_bind_int64(handle_.get(), index, value)); }

void statement::bind(int index, std::string_view text) {
    // An empty view may have no address at all, which SQLite would take for NULL.
    const char* data = text.data() != nullptr ? text.data() : "";
    check(sqlite3_bind_text64(handle_.get(), index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void statement::bind(int index, const std::optional<wall_time>& time) {
    if (time)
        bind(index, *time);
    else
        check(sqlite3_bind_null(handle_.get(), index));
}

void statement::bind(int index, const attribute_value& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value))
        bind(index, *whole);
    else if (const auto* real = std::get_if<double>(&value))
        check(sqlite3_bind_double(handle_.get(), index, *real));
    else
        bind(index, std::string_view(std::get<std::string>(value)));
}

void statement::bind(int index, blob bytes) {
    const char* data = bytes.bytes.data() != nullptr ? bytes.bytes.data() : "";
    check(sqlite3_bind_blob64(handle_.get(), index, data, bytes.bytes.size(), SQLITE_STATIC));
}

std::int64_t statement::integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }

std::string statement::text(int column) const { return std::string(bytes(column)); }

std::string_view statement::bytes(int column) const {
    const void* data = sqlite3_column_blob(handle_.get(), column);
    const int size = sqlite3_column_bytes(handle_.get(), column);
    if (data == nullptr) return {};
    return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

bool statement::is_null(int column) const { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }

attribute_value statement::value(int column) const {
    switch (sqlite3_column_type(handle_.get(), column)) {
        case SQLITE_INTEGER:
            return integer(column);
        case SQLITE_FLOAT:
            return sqlite3_column_double(handle_.get(), column);
        default:
            return text(column);
    }
}

void connection::closer::operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }

connection::connection(const std::string& path, bool writable, const std::string& vfs) {
    sqlite3* made = nullptr;
    const int flags = (writable ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX;
    const int code = sqlite3_open_v2(path.c_str(), &made, flags, vfs.empty() ? nullptr : vfs.c_str());
    handle_.reset(made);
    if (code != SQLITE_OK) fail(made, code);
    sqlite3_extended_result_codes(made, 1);
    sqlite3_busy_timeout(made, 5'000);
}

void connection::execute(const std::string& sql) {
    const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(handle_.get(), code);
}

std::optional<std::int64_t> connection::ask_integer(std::string_view sql) {
    statement question = prepare(sql);
    if (!question.run() || question.is_null(0)) return std::nullopt;
    return question.integer(0);
}

std::optional<std::string> connection::ask_text(std::string_view sql) {
    statement question = prepare(sql);
    if (!question.run() || question.is_null(0)) return std::nullopt;
    return question.text(0);
}

std::int64_t connection::changes() const noexcept { return sqlite3_changes64(handle_.get()); }

bool connection::in_transaction() const noexcept { return sqlite3_get_autocommit(handle_.get()) == 0; }

bool connection::file_was_moved() noexcept {
    int moved = 0;
    return sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0;
}

transaction::~transaction() {
    // After some errors SQLite has rolled back by itself.
    if (!db_.in_transaction()) return;
    try {
        db_.execute("ROLLBACK");
    } catch (const error&) {
        // A failed rollback leaves nothing durable either: the next transaction starts from what was committed.
        static_cast<void>(0);
    }
}

}  // namespace perdure::history::sqlite
