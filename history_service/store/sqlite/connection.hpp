#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/result.hpp"
#include "api/time.hpp"
#include "history_service/store/store_error.hpp"
#include "history_service/visibility/row.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace perdure::history::sqlite {

/// What SQLite refused.
using error = store_error;

/// A prepared statement. Running it again starts it anew; columns are valid until then.
class statement {
  public:
    statement(sqlite3* db, std::string_view sql);

    /// Binds the arguments from the first parameter on and goes to the first row. True: there is one. Throws `error`.
    template <class... Arguments>
    bool run(const Arguments&... arguments) {
        restart();
        int index = 0;
        (bind(++index, arguments), ...);
        return next();
    }
    /// Goes to the next row. False: there is none. Throws `error`.
    bool next();
    /// Ends the reading, so that the statement holds no lock.
    void finish() noexcept;

    void restart() noexcept;
    void bind(int index, std::int64_t value);
    void bind(int index, std::string_view text);
    void bind(int index, const std::string& text) { bind(index, std::string_view(text)); }
    void bind(int index, wall_time time) { bind(index, std::int64_t{time.time_since_epoch().count()}); }
    void bind(int index, const std::optional<wall_time>& time);
    void bind(int index, const attribute_value& value);
    /// Bytes that are not text. They must live until the statement has run.
    struct blob {
        std::string_view bytes;
    };
    void bind(int index, blob bytes);

    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::string_view bytes(int column) const;
    [[nodiscard]] wall_time time(int column) const { return wall_time{std::chrono::nanoseconds{integer(column)}}; }
    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] attribute_value value(int column) const;

  private:
    struct closer {
        void operator()(sqlite3_stmt* handle) const noexcept;
    };
    void check(int code) const;

    sqlite3* db_;
    std::unique_ptr<sqlite3_stmt, closer> handle_;
};

/// An open database. One thread at a time.
class connection {
  public:
    /// `vfs`: empty for the default one. Throws `error`.
    connection(const std::string& path, bool writable, const std::string& vfs);

    /// Runs statements without parameters, one after the other. Throws `error`.
    void execute(const std::string& sql);
    [[nodiscard]] statement prepare(std::string_view sql) { return {handle_.get(), sql}; }
    /// The first column of the first row of a query without parameters; nothing without a row.
    [[nodiscard]] std::optional<std::int64_t> ask_integer(std::string_view sql);
    [[nodiscard]] std::optional<std::string> ask_text(std::string_view sql);

    /// Rows that the last statement changed.
    [[nodiscard]] std::int64_t changes() const noexcept;
    [[nodiscard]] bool in_transaction() const noexcept;
    /// For what SQLite offers and this class does not.
    [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }
    /// The file under the name is another one now, or none.
    [[nodiscard]] bool file_was_moved() noexcept;

  private:
    struct closer {
        void operator()(sqlite3* handle) const noexcept;
    };
    std::unique_ptr<sqlite3, closer> handle_;
};

/// A transaction that is rolled back unless it was committed.
class transaction {
  public:
    enum class kind { read, write };

    transaction(connection& db, kind what) : db_(db) { db_.execute(what == kind::write ? "BEGIN IMMEDIATE" : "BEGIN"); }
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;
    ~transaction();
    void commit() { db_.execute("COMMIT"); }

  private:
    connection& db_;
};

}  // namespace perdure::history::sqlite
