#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace perdure::detail {

/// The bytes of a file, read by the system as they are used. Throws history_error for a file that is missing or cannot be read.
class mapped_file {
  public:
    explicit mapped_file(const std::filesystem::path& file);
    ~mapped_file();
    mapped_file(const mapped_file&) = delete;
    mapped_file& operator=(const mapped_file&) = delete;

    [[nodiscard]] std::string_view bytes() const noexcept { return {static_cast<const char*>(memory_), size_}; }

    /// What lies before is not needed any more; its memory is given back.
    void forget_before(std::size_t position) noexcept;

  private:
    void* memory_ = nullptr;
    std::size_t size_ = 0;
    std::size_t forgotten_ = 0;
};

}  // namespace perdure::detail
