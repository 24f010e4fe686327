#include "server/http/uri.hpp"

#include <algorithm>

#include "api/ids.hpp"

namespace perdure::server {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// Calls `each` with every piece of `text` between separators.
template <class Each>
result<done> split(std::string_view text, char separator, Each each) {
    for (;;) {
        const std::size_t end = text.find(separator);
        if (auto ok = each(text.substr(0, end)); !ok) return ok;
        if (end == std::string_view::npos) return done{};
        text.remove_prefix(end + 1);
    }
}

}  // namespace

result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    const std::size_t plain = std::min(text.find_first_of(plus_is_space ? "%+" : "%"), text.size());
    std::string out(text.substr(0, plain));
    out.reserve(text.size());
    for (std::size_t i = plain; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            out += ' ';
        } else if (text[i] == '%') {
            const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return service_failure{status_code::invalid_argument,
                                       "the URL has a '%' that is not followed by two hexadecimal digits; encode it as %25"};
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += text[i];
        }
    }
    if (!is_valid_utf8(out))
        return service_failure{status_code::invalid_argument, "the URL has bytes that are not UTF-8; encode text as UTF-8 first"};
    return out;
}

bool request_target::has_query(std::string_view name) const {
    return std::ranges::any_of(query, [&](const auto& pair) { return pair.first == name; });
}

result<request_target> parse_target(std::string_view target) {
    request_target parsed;
    // An absolute target, as proxies send it.
    if (target.starts_with("http://")) {
        const std::size_t slash = target.find('/', 7);
        target = slash == std::string_view::npos ? "/" : target.substr(slash);
    }
    target = target.substr(0, target.find('#'));
    const std::size_t mark = target.find('?');
    std::string_view path = target.substr(0, mark);
    if (!path.starts_with('/'))
        return service_failure{status_code::invalid_argument, "the request's target does not begin with a slash"};
    path.remove_prefix(1);
    auto segments = split(path, '/', [&](std::string_view segment) -> result<done> {
        auto decoded = percent_decode(segment, false);
        if (!decoded) return std::move(decoded.error());
        parsed.path.push_back(*std::move(decoded));
        return done{};
    });
    if (!segments) return std::move(segments.error());
    if (mark == std::string_view::npos) return parsed;
    auto pairs = split(target.substr(mark + 1), '&', [&](std::string_view pair) -> result<done> {
        if (pair.empty()) return done{};
        const std::size_t equals = pair.find('=');
        auto name = percent_decode(pair.substr(0, equals), true);
        if (!name) return std::move(name.error());
        auto value = percent_decode(equals == std::string_view::npos ? "" : pair.substr(equals + 1), true);
        if (!value) return std::move(value.error());
        parsed.query.emplace_back(*std::move(name), *std::move(value));
        return done{};
    });
    if (!pairs) return std::move(pairs.error());
    return parsed;
}

}  // namespace perdure::server
