#include "history_service/visibility/lexer.hpp"

#include <utility>

namespace perdure::history {
namespace {

constexpr std::size_t max_query_bytes = 16 * 1024;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool continues_word(char c) { return starts_word(c) || is_digit(c) || c == '.' || c == '-'; }

// A quote inside its own kind of quotes is written twice, or after a backslash.
result<list_token> take_quoted(std::string_view text, std::size_t& at) {
    const char quote = text[at];
    list_token token{quote == '`' ? list_token::kind::quoted_name : list_token::kind::text, {}, at + 1};
    for (++at; at < text.size(); ++at) {
        const char c = text[at];
        const char next = at + 1 < text.size() ? text[at + 1] : '\0';
        if (c == '\\' && (next == quote || next == '\\')) {
            token.value += next;
            ++at;
        } else if (c == quote && next == quote) {
            token.value += quote;
            ++at;
        } else if (c == quote) {
            ++at;
            return token;
        } else {
            token.value += c;
        }
    }
    return list_query_error(token.position, std::string("the ") + quote + " that opens here is never closed");
}

list_token take_number(std::string_view text, std::size_t& at) {
    const std::size_t start = at;
    if (text[at] == '-' || text[at] == '+') ++at;
    while (at < text.size()) {
        const char c = text[at];
        const bool sign_of_exponent = (c == '-' || c == '+') && (text[at - 1] == 'e' || text[at - 1] == 'E');
        if (!is_digit(c) && c != '.' && c != 'e' && c != 'E' && !sign_of_exponent) break;
        ++at;
    }
    return {list_token::kind::number, std::string(text.substr(start, at - start)), start + 1};
}

}  // namespace

service_failure list_query_error(std::size_t position, const std::string& message) {
    return {status_code::invalid_argument, "invalid query at position " + std::to_string(position) + ": " + message};
}

result<std::vector<list_token>> tokenize_list_query(std::string_view text) {
    if (text.size() > max_query_bytes)
        return list_query_error(max_query_bytes,
                                "the query is longer than " + std::to_string(max_query_bytes) + " bytes; ask for less at once");
    std::vector<list_token> tokens;
    std::size_t at = 0;
    while (at < text.size()) {
        const char c = text[at];
        const char next = at + 1 < text.size() ? text[at + 1] : '\0';
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            ++at;
        } else if (c == '"' || c == '\'' || c == '`') {
            auto token = take_quoted(text, at);
            if (!token) return std::move(token).error();
            tokens.push_back(std::move(*token));
        } else if (is_digit(c) || ((c == '-' || c == '+' || c == '.') && is_digit(next))) {
            tokens.push_back(take_number(text, at));
        } else if (starts_word(c)) {
            const std::size_t start = at;
            while (at < text.size() && continues_word(text[at])) ++at;
            tokens.push_back({list_token::kind::word, std::string(text.substr(start, at - start)), start + 1});
        } else {
            static constexpr std::string_view single = "=<>(),";
            const std::string_view pair = text.substr(at, 2);
            const bool two = pair == "!=" || pair == "<=" || pair == ">=" || pair == "<>" || pair == "==";
            if (!two && single.find(c) == std::string_view::npos)
                return list_query_error(at + 1,
                                        std::string("the character '") + c + "' has no meaning here; text stands in quotes");
            tokens.push_back({list_token::kind::symbol, std::string(text.substr(at, two ? 2 : 1)), at + 1});
            at += two ? 2 : 1;
        }
    }
    tokens.push_back({list_token::kind::end, "the end of the query", text.size() + 1});
    return tokens;
}

}  // namespace perdure::history
