#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace perdure::detail {

/// A place in JSON text and the tokens from there on. Every function that answers bool has read nothing it can be relied
/// on when it answers false: the text is malformed, or unusual enough to be left to the thorough reader.
class json_cursor {
  public:
    explicit json_cursor(std::string_view text) noexcept : begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {}

    [[nodiscard]] std::size_t position() const noexcept { return static_cast<std::size_t>(at_ - begin_); }
    [[nodiscard]] char peek() const noexcept { return at_ < end_ ? *at_ : '\0'; }

    [[nodiscard]] bool take(char wanted) noexcept {
        if (at_ == end_ || *at_ != wanted) return false;
        ++at_;
        return true;
    }

    [[nodiscard]] bool take(std::string_view word) noexcept {
        if (!std::string_view(at_, end_).starts_with(word)) return false;
        at_ += word.size();
        return true;
    }

    /// As `take`, for texts of eight bytes and more.
    [[nodiscard]] bool take_long(std::string_view word) noexcept {
        if (static_cast<std::size_t>(end_ - at_) < word.size()) return false;
        std::uint64_t differing = 0;
        for (std::size_t i = 0; i + 8 < word.size() && differing == 0; i += 8)
            differing = eight(at_ + i) ^ eight(word.data() + i);
        if (differing != 0 || eight(at_ + word.size() - 8) != eight(word.data() + word.size() - 8)) return false;
        at_ += word.size();
        return true;
    }

    /// Digits up to the first other character. Not those that begin with a needless 0, nor more than 19, which might not fit.
    [[nodiscard]] bool digits(std::uint64_t& value) noexcept {
        const char* const first = at_;
        const char* const most = end_ - at_ > 19 ? at_ + 19 : end_;
        value = 0;
        for (; at_ < most && *at_ >= '0' && *at_ <= '9'; ++at_) value = value * 10 + static_cast<std::uint64_t>(*at_ - '0');
        return at_ != first && (*first != '0' || at_ == first + 1) && !(at_ < end_ && *at_ >= '0' && *at_ <= '9');
    }

    /// Exports are indented, so spaces come in runs.
    void spaces() noexcept {
        if (at_ < end_ && static_cast<unsigned char>(*at_) > ' ') return;
        spaces_run();
    }

    /// What stands between quotes, as it is written. Valid UTF-8; `escaped` when it has escapes, which are not looked at.
    [[nodiscard]] bool text(std::string_view& raw, bool& escaped) noexcept {
        escaped = false;
        if (!take('"')) return false;
        const char* const first = at_;
        if (!to_quote(escaped)) return false;
        raw = {first, at_};
        ++at_;
        return true;
    }

    /// A text without escapes: a name, a time, base64.
    [[nodiscard]] bool plain_text(std::string_view& raw) noexcept {
        bool escaped = false;
        return text(raw, escaped) && !escaped;
    }

    /// A number by JSON's grammar; `whole` when it has neither decimals nor an exponent.
    [[nodiscard]] bool number(std::string_view& raw, bool& whole) noexcept;

    /// Any value, well-formed to its end. `depth` is how many lists and objects are open around it.
    [[nodiscard]] bool skip_value(std::size_t depth);

  private:
    static std::uint64_t eight(const char* from) noexcept {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, from, sizeof bytes);
        return bytes;
    }

    void spaces_run() noexcept;
    [[nodiscard]] bool to_quote(bool& escaped) noexcept;
    [[nodiscard]] bool take_utf8() noexcept;
    [[nodiscard]] bool skip_text();
    [[nodiscard]] bool skip_members(std::size_t depth);
    [[nodiscard]] bool skip_items(std::size_t depth);

    const char* begin_;
    const char* at_;
    const char* end_;
};

/// Writes the characters that a text with escapes stands for, never more bytes than `raw` has. Answers their end; null for an
/// escape that JSON does not have and for half a surrogate pair.
[[nodiscard]] char* unescape(std::string_view raw, char* out) noexcept;

}  // namespace perdure::detail
