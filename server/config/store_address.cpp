#include "server/config/store_address.hpp"

#include <algorithm>
#include <array>

namespace perdure::server {
namespace {

constexpr std::string_view file_prefix = "sqlite:";
constexpr std::array<std::string_view, 2> database_prefixes{"postgres://", "postgresql://"};

// The user's part ends at the last @ before the path; the password begins at its first colon. It may stand in a parameter too.
std::string without_password(std::string uri) {
    const std::size_t begin = uri.find("://") + 3;
    const std::size_t end = std::min(uri.find_first_of("/?", begin), uri.size());
    const std::size_t at = uri.rfind('@', end);
    if (at != std::string::npos && at > begin) {
        const std::size_t colon = uri.find(':', begin);
        if (colon < at) uri.replace(colon + 1, at - colon - 1, "***");
    }
    constexpr std::string_view parameter = "password=";
    for (std::size_t found = uri.find(parameter); found != std::string::npos; found = uri.find(parameter, found + 1)) {
        const std::size_t value = found + parameter.size();
        uri.replace(value, std::min(uri.find('&', value), uri.size()) - value, "***");
    }
    return uri;
}

}  // namespace

result<store_address> store_address::parse(std::string_view text) {
    if (text == "memory") return store_address{};
    if (text.starts_with(file_prefix) && text.size() > file_prefix.size())
        return store_address{kind::sqlite, std::string(text.substr(file_prefix.size()))};
    if (std::ranges::any_of(database_prefixes, [&](std::string_view prefix) { return text.starts_with(prefix); }))
        return store_address{kind::postgres, std::string(text)};
    return service_failure{status_code::invalid_argument,
                           "\"" + std::string(text.substr(0, text.find_first_of(":@ "))) +
                               "...\" names no store; write memory, sqlite:FILE or postgres://user@host/database"};
}

std::string_view store_address::name() const noexcept {
    switch (of) {
        case kind::memory:
            return "memory";
        case kind::sqlite:
            return "sqlite";
        case kind::postgres:
            return "postgres";
    }
    return "";
}

std::string store_address::text() const {
    switch (of) {
        case kind::memory:
            return "memory";
        case kind::sqlite:
            return std::string(file_prefix) + location;
        case kind::postgres:
            return without_password(location);
    }
    return "";
}

}  // namespace perdure::server
