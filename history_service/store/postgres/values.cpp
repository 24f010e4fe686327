#include "history_service/store/postgres/values.hpp"

#include <algorithm>
#include <bit>

namespace perdure::history::postgres {
namespace {

void put4(std::string& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xFFU);
}

void put8(std::string& out, std::uint64_t value) {
    put4(out, static_cast<std::uint32_t>(value >> 32U));
    put4(out, static_cast<std::uint32_t>(value));
}

std::uint64_t take(std::string_view bytes, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count && i < bytes.size(); ++i) value = value << 8U | static_cast<unsigned char>(bytes[i]);
    return value;
}

constexpr std::uint32_t null_length = 0xFFFFFFFFU;

}  // namespace

void parameters::begin(type of) {
    types_.push_back(static_cast<unsigned>(of));
    starts_.push_back(bytes_.size());
}

parameters& parameters::add(std::int64_t value) {
    begin(type::int8);
    put8(bytes_, static_cast<std::uint64_t>(value));
    return *this;
}

parameters& parameters::add(double value) {
    begin(type::float8);
    put8(bytes_, std::bit_cast<std::uint64_t>(value));
    return *this;
}

parameters& parameters::add_bytes(std::string_view value) {
    begin(type::bytes);
    bytes_ += value;
    return *this;
}

parameters& parameters::add_text(std::string_view value) {
    begin(type::text);
    bytes_ += value;
    return *this;
}

parameters& parameters::add(const attribute_value& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return add(*whole);
    if (const auto* real = std::get_if<double>(&value)) return add(*real);
    return add_bytes(std::get<std::string>(value));
}

// Dimensions, whether there are NULLs, the elements' type, their number, the first index, and then each with its length.
template <class Values, class Size, class Put>
parameters& parameters::add_array(type array, type element, const Values& values, Size&& size, Put&& put) {
    begin(array);
    std::size_t total = 20;
    for (const auto& value : values) total += 4 + size(value);
    bytes_.reserve(bytes_.size() + total);
    put4(bytes_, values.empty() ? 0 : 1);
    put4(bytes_, 1);
    put4(bytes_, static_cast<std::uint32_t>(element));
    if (values.empty()) return *this;
    put4(bytes_, static_cast<std::uint32_t>(values.size()));
    put4(bytes_, 1);
    for (const auto& value : values) put(value);
    return *this;
}

parameters& parameters::add(const std::vector<std::int64_t>& values) {
    return add_array(
        type::int8_array, type::int8, values, [](std::int64_t) { return 8; },
        [this](std::int64_t value) {
            put4(bytes_, 8);
            put8(bytes_, static_cast<std::uint64_t>(value));
        });
}

parameters& parameters::add(const std::vector<std::optional<std::int64_t>>& values) {
    return add_array(
        type::int8_array, type::int8, values, [](const auto&) { return 8; },
        [this](const std::optional<std::int64_t>& value) {
            if (!value) return put4(bytes_, null_length);
            put4(bytes_, 8);
            put8(bytes_, static_cast<std::uint64_t>(*value));
        });
}

parameters& parameters::add(const std::vector<std::optional<double>>& values) {
    return add_array(
        type::float8_array, type::float8, values, [](const auto&) { return 8; },
        [this](const std::optional<double>& value) {
            if (!value) return put4(bytes_, null_length);
            put4(bytes_, 8);
            put8(bytes_, std::bit_cast<std::uint64_t>(*value));
        });
}

parameters& parameters::add(const std::vector<std::string_view>& values) {
    return add_array(
        type::bytes_array, type::bytes, values, [](std::string_view value) { return value.size(); },
        [this](std::string_view value) {
            put4(bytes_, static_cast<std::uint32_t>(value.size()));
            bytes_ += value;
        });
}

parameters& parameters::add(const std::vector<std::optional<std::string_view>>& values) {
    return add_array(
        type::bytes_array, type::bytes, values, [](const auto& value) { return value ? value->size() : 0; },
        [this](const std::optional<std::string_view>& value) {
            if (!value) return put4(bytes_, null_length);
            put4(bytes_, static_cast<std::uint32_t>(value->size()));
            bytes_ += *value;
        });
}

std::vector<const char*> parameters::values() const {
    std::vector<const char*> found;
    found.reserve(starts_.size());
    for (const std::size_t start : starts_) found.push_back(bytes_.data() + start);
    return found;
}

std::vector<int> parameters::lengths() const {
    std::vector<int> found;
    found.reserve(starts_.size());
    for (std::size_t i = 0; i < starts_.size(); ++i) {
        const std::size_t end = i + 1 < starts_.size() ? starts_[i + 1] : bytes_.size();
        found.push_back(static_cast<int>(end - starts_[i]));
    }
    return found;
}

std::int64_t read_int8(std::string_view bytes) { return static_cast<std::int64_t>(take(bytes, 8)); }

std::int32_t read_int4(std::string_view bytes) { return static_cast<std::int32_t>(take(bytes, 4)); }

double read_float8(std::string_view bytes) { return std::bit_cast<double>(take(bytes, 8)); }

std::vector<std::optional<std::string_view>> read_array(std::string_view bytes) {
    std::vector<std::optional<std::string_view>> found;
    if (bytes.size() < 20 || read_int4(bytes) != 1) return found;
    const std::int32_t count = read_int4(bytes.substr(12));
    bytes.remove_prefix(20);
    for (std::int32_t i = 0; i < count && bytes.size() >= 4; ++i) {
        const std::int32_t length = read_int4(bytes);
        bytes.remove_prefix(4);
        if (length < 0) {
            found.emplace_back();
            continue;
        }
        const auto size = std::min(static_cast<std::size_t>(length), bytes.size());
        found.emplace_back(bytes.substr(0, size));
        bytes.remove_prefix(size);
    }
    return found;
}

}  // namespace perdure::history::postgres
