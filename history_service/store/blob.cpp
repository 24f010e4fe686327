#include "history_service/store/blob.hpp"

#include <array>
#include <cstring>

#include "api/assert.hpp"
#include "api/varint.hpp"
#include "history_service/store/little_endian.hpp"

namespace perdure::history {
namespace {

constexpr char format_version = 1;
constexpr std::size_t header_bytes = 5;

// Eight tables, so that eight bytes are folded at a time: a checksum must not be the price of a commit.
constexpr std::array<std::array<std::uint32_t, 256>, 8> make_tables() {
    std::array<std::array<std::uint32_t, 256>, 8> tables{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) value = (value & 1U) != 0 ? (value >> 1U) ^ 0x82F63B78U : value >> 1U;
        tables[0][i] = value;
    }
    for (std::uint32_t i = 0; i < 256; ++i)
        for (std::size_t t = 1; t < 8; ++t) tables[t][i] = (tables[t - 1][i] >> 8U) ^ tables[0][tables[t - 1][i] & 0xFFU];
    return tables;
}
constexpr auto tables = make_tables();

std::uint32_t byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

std::uint32_t crc32c_by_tables(std::uint32_t sum, std::string_view bytes) {
    std::size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) {
        const std::uint32_t low = sum ^ (byte_at(bytes, at) | byte_at(bytes, at + 1) << 8U | byte_at(bytes, at + 2) << 16U |
                                         byte_at(bytes, at + 3) << 24U);
        sum = tables[7][low & 0xFFU] ^ tables[6][(low >> 8U) & 0xFFU] ^ tables[5][(low >> 16U) & 0xFFU] ^ tables[4][low >> 24U] ^
              tables[3][byte_at(bytes, at + 4)] ^ tables[2][byte_at(bytes, at + 5)] ^ tables[1][byte_at(bytes, at + 6)] ^
              tables[0][byte_at(bytes, at + 7)];
    }
    for (; at < bytes.size(); ++at) sum = (sum >> 8U) ^ tables[0][(sum ^ byte_at(bytes, at)) & 0xFFU];
    return sum;
}

#ifdef __x86_64__
// Most processors of this kind have an instruction for exactly this checksum.
__attribute__((target("sse4.2"))) std::uint32_t crc32c_by_instruction(std::uint32_t sum, std::string_view bytes) {
    std::uint64_t wide = sum;
    std::size_t at = 0;
    for (; at + sizeof wide <= bytes.size(); at += sizeof wide) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + at, sizeof word);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    sum = static_cast<std::uint32_t>(wide);
    for (; at < bytes.size(); ++at) sum = __builtin_ia32_crc32qi(sum, static_cast<unsigned char>(bytes[at]));
    return sum;
}
#endif

std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
    std::size_t at = 0;
    std::uint64_t value = 0;
    if (!read_varint(bytes, at, value)) return std::nullopt;
    bytes.remove_prefix(at);
    return value;
}

void close_header(std::string& blob) { put_little_endian(blob.data() + 1, crc32c(std::string_view(blob).substr(header_bytes))); }

result<std::string_view> check_header(std::string_view blob) {
    if (blob.size() < header_bytes) return service_failure{status_code::data_loss, "a stored blob is cut off in its header"};
    if (blob[0] != format_version)
        return service_failure{status_code::data_loss, "a stored blob has format " + std::to_string(int{blob[0]}) +
                                                           ", this program reads format " + std::to_string(int{format_version})};
    const auto sum = get_little_endian<std::uint32_t>(blob.data() + 1);
    blob.remove_prefix(header_bytes);
    if (crc32c(blob) != sum)
        return service_failure{status_code::data_loss,
                               "a stored blob fails its checksum: the file was damaged; restore a backup"};
    return blob;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) noexcept {
#ifdef __x86_64__
    static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
    if (has_instruction) return ~crc32c_by_instruction(0xFFFFFFFFU, bytes);
#endif
    return ~crc32c_by_tables(0xFFFFFFFFU, bytes);
}

std::string encode_records(std::span<const journal_record> records) {
    PERDURE_ASSERT(!records.empty(), "a journal row holds at least one record");
    std::size_t size = header_bytes + 32;
    for (const journal_record& record : records) size += record.bytes.size() + 16;
    std::string blob;
    blob.reserve(size);
    blob.assign(header_bytes, '\0');
    blob[0] = format_version;
    append_varint(blob, records.size());
    append_varint(blob, static_cast<std::uint64_t>(records.front().sequence));
    for (const journal_record& record : records) {
        append_varint(blob, static_cast<std::uint64_t>(record.first_event_id));
        append_varint(blob, static_cast<std::uint64_t>(record.event_count));
        append_varint(blob, record.bytes.size());
        blob += record.bytes;
    }
    close_header(blob);
    return blob;
}

result<std::vector<journal_record>> decode_records(std::string_view blob) {
    auto checked = check_header(blob);
    if (!checked) return std::move(checked).error();
    const service_failure malformed{status_code::data_loss, "a stored blob of records does not have the records it counts"};
    std::string_view rest = *checked;
    const auto count = take_varint(rest);
    const auto first = take_varint(rest);
    if (!count || !first || *count > rest.size()) return malformed;
    std::vector<journal_record> records;
    records.reserve(*count);
    for (std::uint64_t i = 0; i < *count; ++i) {
        const auto event = take_varint(rest);
        const auto events = take_varint(rest);
        const auto size = take_varint(rest);
        if (!event || !events || !size || *size > rest.size()) return malformed;
        records.push_back({static_cast<std::int64_t>(*first + i), static_cast<std::int64_t>(*event),
                           static_cast<std::int64_t>(*events), std::string(rest.substr(0, *size))});
        rest.remove_prefix(*size);
    }
    if (!rest.empty()) return malformed;
    return records;
}

std::string seal(std::string_view bytes) {
    std::string blob(header_bytes, '\0');
    blob[0] = format_version;
    blob += bytes;
    close_header(blob);
    return blob;
}

result<std::string> unseal(std::string_view blob) {
    auto checked = check_header(blob);
    if (!checked) return std::move(checked).error();
    return std::string(*checked);
}

}  // namespace perdure::history
