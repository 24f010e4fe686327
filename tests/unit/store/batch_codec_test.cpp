#include "history_service/store/batch_codec.hpp"

#include <gtest/gtest.h>

#include "tests/unit/store/random_batch.hpp"

namespace perdure::history {
namespace {

TEST(BatchCodec, GivesBackEveryPartOfABatch) {
    random_batch batches(1);
    for (int i = 0; i < 300; ++i) {
        const commit_batch batch = batches.next();
        const auto read = decode_batch(encode_batch(batch));
        ASSERT_TRUE(read) << read.error().message;
        ASSERT_EQ(*read, batch);
    }
}

TEST(BatchCodec, NoticesEveryCutAndWhatIsTooMuch) {
    random_batch batches(2);
    for (int i = 0; i < 20; ++i) {
        const std::string whole = encode_batch(batches.next());
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto read = decode_batch(whole.substr(0, size));
            ASSERT_FALSE(read) << size;
            EXPECT_EQ(read.error().code, status_code::data_loss);
        }
        EXPECT_FALSE(decode_batch(whole + '\0'));
    }
}

TEST(BatchCodec, MakesNoMoreOfACountThanItsBytesCouldHold) {
    std::string bytes = encode_batch({});
    bytes[1] = '\x7f';
    EXPECT_FALSE(decode_batch(bytes));
}

}  // namespace
}  // namespace perdure::history
