#include "history_service/store/postgres/errors.hpp"

#include <algorithm>
#include <cctype>

namespace perdure::history::postgres {
namespace {

struct meaning {
    std::string_view state;  ///< a SQLSTATE or the class that it begins with
    status_code code;
    std::string_view remedy;
};

// The first that fits is taken.
constexpr meaning meanings[] = {
    {"53100", status_code::resource_exhausted, "free some space on the database's disk, the request may then be repeated"},
    {"53300", status_code::resource_exhausted, "raise its max_connections, or close other clients"},
    {"53", status_code::resource_exhausted, "give the database more of it, the request may then be repeated"},
    {"42501", status_code::failed_precondition,
     "as the owner of the database, grant the role what is named here, or let it own the schema 'perdure'"},
    {"25006", status_code::failed_precondition,
     "it is a standby or set to read only; name the primary, or several hosts in the connection string"},
    {"28", status_code::failed_precondition, "look at the user and the password of the connection string, and at pg_hba.conf"},
    {"3D000", status_code::failed_precondition, "make it with createdb, or name another one in the connection string"},
    {"42P01", status_code::failed_precondition, "the schema 'perdure' was altered by hand; restore a backup"},
    {"3F000", status_code::failed_precondition, "the schema 'perdure' was altered by hand; restore a backup"},
    {"42", status_code::internal, "this server and the schema do not fit; look at `perdure store status`"},
    {"23", status_code::aborted, "somebody else wrote the same"},
    {"40", status_code::unavailable, "the request may be repeated"},
    {"55P03", status_code::unavailable, "another session holds a lock; the request may be repeated"},
    {"57014", status_code::unavailable, "a statement was canceled; the request may be repeated"},
    {"57", status_code::unavailable, "the request may be repeated when it is back"},
    {"08", status_code::unavailable, "the request may be repeated when it is back"},
    {"58", status_code::unavailable, "look at the database's disk and its log, the request may be repeated"},
    {"XX001", status_code::data_loss, "the database is damaged; restore a backup"},
    {"XX002", status_code::data_loss, "an index of the database is damaged; REINDEX it"},
};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
    return text;
}

bool is_code(std::string_view text) {
    return text.size() == 5 &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0 || std::isupper(c) != 0; });
}

}  // namespace

error error_of(std::string_view state, std::string_view said) {
    // The server ends the session together with these.
    const bool lost = state == "57P01" || state == "57P02" || state == "57P03" || state == "57P04" || state == "57P05" ||
                      state.starts_with("08");
    for (const meaning& one : meanings)
        if (state.starts_with(one.state))
            return {{one.code, "PostgreSQL refused: " + std::string(trimmed(said)) + " (" + std::string(state) + "); " +
                                   std::string(one.remedy)},
                    lost,
                    std::string(state)};
    return {{status_code::internal, "PostgreSQL refused: " + std::string(trimmed(said)) + " (" + std::string(state) + ")"},
            lost,
            std::string(state)};
}

error lost_error(std::string_view said) {
    return {{status_code::unavailable, "the PostgreSQL database is away: " + std::string(trimmed(said)) +
                                           "; it is tried again, look at its server and at the connection string"},
            true,
            {}};
}

error connect_error(std::string_view text) {
    // "connection to server ... failed: FATAL:  3D000: database "x" does not exist" and then lines with places in sources.
    for (const std::string_view mark : {"FATAL:  ", "ERROR:  "}) {
        const auto at = text.rfind(mark);
        if (at == std::string_view::npos) continue;
        const std::string_view rest = text.substr(at + mark.size());
        if (rest.size() < 7 || !is_code(rest.substr(0, 5)) || rest.substr(5, 2) != ": ") continue;
        error found = error_of(rest.substr(0, 5), rest.substr(7, rest.find('\n') - 7));
        found.lost = true;
        return found;
    }
    if (text.find("session is read-only") != std::string_view::npos || text.find("is in recovery") != std::string_view::npos)
        return {{status_code::unavailable, "none of the hosts of the connection string is a primary that takes writes: " +
                                               std::string(trimmed(text)) + "; it is tried again"},
                true,
                {}};
    // What libpq finds wrong with a value before it has sent anything: "invalid port number: ...".
    if (text.starts_with("invalid "))
        return {
            {status_code::failed_precondition, "the connection string is wrong: " + std::string(trimmed(text)) + "; correct it"},
            true,
            {}};
    return lost_error(text);
}

}  // namespace perdure::history::postgres
