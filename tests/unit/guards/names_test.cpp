#include "sdk/guards/names.hpp"

#include <gtest/gtest.h>

namespace perdure::guards {
namespace {

TEST(Names, AreWrittenAsPeopleWriteThem) {
    EXPECT_EQ(readable_name("shop::OrderWorkflow::pay(perdure::context, shop::Order) (.resume)"), "shop::OrderWorkflow::pay");
    EXPECT_EQ(readable_name("shop::(anonymous namespace)::price_of(int)"), "shop::(anonymous namespace)::price_of");
    EXPECT_EQ(readable_name("std::vector<int> shop::sorted<int>(std::vector<int>)"), "shop::sorted");
    EXPECT_EQ(readable_name("void std::this_thread::sleep_until<long, std::ratio<1l, 1000l>>(int)"),
              "std::this_thread::sleep_until");
    EXPECT_EQ(readable_name("std::chrono::_V2::system_clock::now()"), "std::chrono::system_clock::now");
    EXPECT_EQ(readable_name("shop::Less::operator()(int, int) const"), "shop::Less::operator()");
    EXPECT_EQ(readable_name("shop::operator<(shop::A const&, shop::A const&)"), "shop::operator<");
    EXPECT_EQ(readable_name("shop::run(perdure::context)::{lambda()#1}::operator()() const"), "shop::run");
    EXPECT_EQ(readable_name("vtable for shop::Base"), "shop::Base");
    EXPECT_EQ(readable_name("getenv"), "getenv");
    EXPECT_EQ(readable_name(""), "");
}

TEST(Names, ThatTheLibraryCannotReadAreReadRoughly) {
    const std::string symbol =
        "_ZNK7perdure7context11side_effectITnNS_12fixed_stringEXtlNS2_ILm7EEEtlA7_cLc114EEEEZN4shop13CleanWorkflow3runES0_EUlvE_"
        "EEDaT0_";
    EXPECT_EQ(readable_name(demangle(symbol)), "perdure::context::side_effect");
    EXPECT_EQ(demangle("_Z"), "_Z");
    EXPECT_EQ(demangle("_Z99x"), "x");
    EXPECT_EQ(demangle("main"), "main");
}

}  // namespace
}  // namespace perdure::guards
