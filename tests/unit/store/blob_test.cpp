#include "history_service/store/blob.hpp"

#include <gtest/gtest.h>

namespace perdure::history {
namespace {

const std::vector<journal_record> three{{7, 20, 2, "first"}, {8, 22, 0, ""}, {9, 22, 300, std::string(500, 'z')}};

TEST(RecordBlob, KnowsTheStandardChecksum) {
    EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
    EXPECT_EQ(crc32c(""), 0U);
    EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
    EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62A8AB43U);
}

TEST(RecordBlob, GivesBackWhatWentIn) {
    const auto read = decode_records(encode_records(three));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, three);
}

TEST(RecordBlob, NoticesEveryFlippedBit) {
    const std::string whole = encode_records(three);
    for (std::size_t i = 0; i < whole.size(); ++i)
        for (int bit = 0; bit < 8; ++bit) {
            std::string altered = whole;
            altered[i] = static_cast<char>(static_cast<unsigned char>(altered[i]) ^ (1U << static_cast<unsigned>(bit)));
            const auto read = decode_records(altered);
            ASSERT_FALSE(read) << "byte " << i << " bit " << bit;
            EXPECT_EQ(read.error().code, status_code::data_loss);
        }
}

TEST(RecordBlob, NoticesEveryCut) {
    const std::string whole = encode_records(three);
    for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(decode_records(whole.substr(0, size))) << size;
    EXPECT_FALSE(decode_records(whole + "x"));
}

TEST(SealedBlob, NoticesDamage) {
    const std::string sealed = seal("a state");
    const auto read = unseal(sealed);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, "a state");
    std::string altered = sealed;
    altered.back() = 'E';
    EXPECT_FALSE(unseal(altered));
    EXPECT_FALSE(unseal(""));
}

}  // namespace
}  // namespace perdure::history
