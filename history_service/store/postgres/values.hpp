#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/time.hpp"
#include "history_service/visibility/row.hpp"

namespace perdure::history::postgres {

/// The types that statements take and give, by PostgreSQL's numbers for them.
enum class type : unsigned {
    bytes = 17,
    int8 = 20,
    int4 = 23,
    float8 = 701,
    bytes_array = 1001,
    int8_array = 1016,
    float8_array = 1022,
    text = 25,
    boolean = 16
};

/// The arguments of one statement in PostgreSQL's binary form, made in order. Owns all bytes.
class parameters {
  public:
    parameters& add(std::int64_t value);
    parameters& add(wall_time value) { return add(std::int64_t{value.time_since_epoch().count()}); }
    parameters& add(double value);
    parameters& add_bytes(std::string_view value);
    parameters& add_text(std::string_view value);
    parameters& add(const attribute_value& value);
    parameters& add(const std::vector<std::int64_t>& values);
    parameters& add(const std::vector<std::optional<std::int64_t>>& values);
    parameters& add(const std::vector<std::optional<double>>& values);
    /// The bytes are copied; the views need not live on.
    parameters& add(const std::vector<std::string_view>& values);
    parameters& add(const std::vector<std::optional<std::string_view>>& values);

    [[nodiscard]] int count() const noexcept { return static_cast<int>(types_.size()); }
    [[nodiscard]] const unsigned* types() const noexcept { return types_.data(); }
    [[nodiscard]] std::vector<const char*> values() const;
    [[nodiscard]] std::vector<int> lengths() const;

  private:
    template <class Values, class Size, class Put>
    parameters& add_array(type array, type element, const Values& values, Size&& size, Put&& put);
    void begin(type of);

    std::vector<unsigned> types_;
    std::vector<std::size_t> starts_;
    std::string bytes_;
};

/// Big-endian, as the protocol has it.
[[nodiscard]] std::int64_t read_int8(std::string_view bytes);
[[nodiscard]] std::int32_t read_int4(std::string_view bytes);
[[nodiscard]] double read_float8(std::string_view bytes);
/// The elements of a one-dimensional array. An element that is NULL has no value; bytes that are no array have no elements.
[[nodiscard]] std::vector<std::optional<std::string_view>> read_array(std::string_view bytes);

}  // namespace perdure::history::postgres
