#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "api/time.hpp"
#include "history_service/store/postgres/errors.hpp"
#include "history_service/store/postgres/interruption.hpp"
#include "history_service/store/postgres/values.hpp"

struct pg_conn;
struct pg_result;

namespace perdure::history::postgres {

/// A statement that a connection prepares when it first needs it. Lives as long as the program.
struct statement {
    const char* name;
    const char* sql;
};

/// The rows that one statement gave, in binary form. Copies share them.
class answer {
  public:
    explicit answer(pg_result* taken);

    [[nodiscard]] int rows() const noexcept;
    [[nodiscard]] bool is_null(int row, int column) const noexcept;
    /// Valid as long as the answer.
    [[nodiscard]] std::string_view bytes(int row, int column) const noexcept;
    [[nodiscard]] std::string text(int row, int column) const { return std::string(bytes(row, column)); }
    /// Of a bigint or an integer.
    [[nodiscard]] std::int64_t integer(int row, int column) const noexcept;
    [[nodiscard]] bool truth(int row, int column) const noexcept;
    [[nodiscard]] wall_time time(int row, int column) const noexcept {
        return wall_time{std::chrono::nanoseconds{integer(row, column)}};
    }
    /// The command that was done, as "COMMIT".
    [[nodiscard]] std::string_view command() const noexcept;
    [[nodiscard]] std::int64_t changed() const noexcept;

  private:
    std::shared_ptr<pg_result> held_;
};

/// A session with the database in libpq's pipeline mode: statements are gathered and sent together, and their answers cost one
/// round trip. One thread at a time. Functions throw `error`; one that is `lost` ends the connection's use.
class connection {
  public:
    struct options {
        std::string uri;
        /// Which session it is, for people who look at pg_stat_activity.
        std::string name;
        /// For statements that find few rows by a key, whatever the planner thinks of tables that are often empty.
        bool by_key = false;
        bool read_only = false;
    };

    /// Connects and prepares the session. `interrupt` must outlive the connection.
    connection(const options& wanted, const interruption& interrupt, deadline until);

    /// Adds a statement to what `run` sends.
    void queue(const statement& what, const parameters& with);
    void queue(const std::string& sql, const parameters& with);
    /// Sends what was queued in one piece and gives an answer for each. The first refusal is thrown when the server is done
    /// with all of it; statements after the refused one did nothing.
    std::vector<answer> run(deadline until);
    answer run(const statement& what, const parameters& with, deadline until);
    answer run(const std::string& sql, const parameters& with, deadline until);
    /// Statements without parameters and without answers, separated by semicolons.
    void script(const std::string& sql, deadline until);

    /// Where a transaction is open, after a refusal within it, rolls it back.
    void roll_back(deadline until);
    [[nodiscard]] bool is_lost() const noexcept { return lost_; }
    /// Looks, without waiting, whether the server has ended the session meanwhile.
    [[nodiscard]] bool check_alive() noexcept;
    /// A setting that the server reports by itself, or "".
    [[nodiscard]] std::string reported(const char* setting) const;

  private:
    struct closer {
        void operator()(pg_conn* handle) const noexcept;
    };
    struct queued {
        enum class kind : std::uint8_t { prepare, statement } what;
        const statement* prepared = nullptr;
    };
    void connect(const options& wanted, deadline until);
    void set_up(const options& wanted, deadline until);
    void check_sent(int sent);
    void flush(deadline until);
    [[nodiscard]] pg_result* next_result(deadline until);
    void wait(bool write, deadline until);
    [[noreturn]] void lose(std::string_view said);
    void drain(pg_result* result, const queued& of, std::vector<answer>& answers, std::unique_ptr<error>& refusal);

    const interruption& interrupt_;
    std::unique_ptr<pg_conn, closer> handle_;
    std::vector<queued> queued_;
    std::unordered_set<const statement*> prepared_;
    std::unordered_set<const statement*> preparing_;
    bool lost_ = false;
};

}  // namespace perdure::history::postgres
