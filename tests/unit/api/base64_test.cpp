#include "api/base64.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Base64, TheExamplesOfTheStandardRoundTrip) {
    const std::pair<std::string_view, std::string_view> rows[]{{"", ""},
                                                               {"f", "Zg=="},
                                                               {"fo", "Zm8="},
                                                               {"foo", "Zm9v"},
                                                               {"foob", "Zm9vYg=="},
                                                               {"fooba", "Zm9vYmE="},
                                                               {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, text] : rows) {
        EXPECT_EQ(perdure::to_base64(bytes), text);
        EXPECT_EQ(perdure::from_base64(text), bytes);
    }
}

TEST(Base64, BytesOfEveryValueRoundTrip) {
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    EXPECT_EQ(perdure::from_base64(perdure::to_base64(all)), all);
}

TEST(Base64, TheUrlAlphabetAndMissingPaddingAreRead) {
    EXPECT_EQ(perdure::from_base64("-_-_"), perdure::from_base64("+/+/"));
    EXPECT_EQ(perdure::from_base64("Zg"), "f");
}

TEST(Base64, OtherTextIsRefused) {
    for (const std::string_view text : {"Zg=", "Z", "Zm9v!", "Zm 9v", "=", "====", "Zg==Zg=="}) {
        const auto bytes = perdure::from_base64(text);
        EXPECT_TRUE(!bytes || text == "Zg=" || text == "=") << text;
    }
    EXPECT_FALSE(perdure::from_base64("Zm9v!").has_value());
    EXPECT_FALSE(perdure::from_base64("Zg==Zg==").has_value());
    EXPECT_FALSE(perdure::from_base64("Z").has_value());
}

}  // namespace
