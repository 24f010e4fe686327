#include "sdk/replay/call_site.hpp"

#include <gtest/gtest.h>

#include <string>

namespace perdure::detail {
namespace {

std::string recorded(const site& at, const site& from = {}) {
    command_entry entry;
    entry.at = at;
    entry.from = from;
    pb::command::Command message;
    record_site(message, entry);
    // As the server does it: what came over the wire goes into the event.
    pb::command::Command received;
    EXPECT_TRUE(received.ParseFromString(message.SerializeAsString()));
    pb::history::HistoryEvent event;
    if (received.has_user_metadata()) event.mutable_user_metadata()->Swap(received.mutable_user_metadata());
    return recorded_site(event);
}

TEST(CallSite, IsRecordedWithFolderFileLineAndFunctionAndTheCaller) {
    EXPECT_EQ(recorded({"/home/ann/shop/order.cpp", "pay", 41}), "shop/order.cpp:41 in pay");
    EXPECT_EQ(recorded({"/home/ann/shop/order.cpp", "pay", 41}, {"/home/ann/shop/order.cpp", "run", 12}),
              "shop/order.cpp:41 in pay, from order.cpp:12 in run");
    EXPECT_EQ(recorded({"order.cpp", "", 7}), "order.cpp:7");
}

TEST(CallSite, ThatIsNotKnownLeavesTheCommandAsItIs) {
    EXPECT_EQ(recorded({}), "");
    command_entry entry;
    pb::command::Command message;
    record_site(message, entry);
    EXPECT_FALSE(message.has_user_metadata());
}

TEST(CallSite, IsCutFromTheLeft) {
    const std::string folder(300, 'f');
    const std::string path = "/" + folder + "/order.cpp";
    const std::string text = recorded({path.c_str(), "pay", 41});
    EXPECT_EQ(text.size(), 160U);
    EXPECT_TRUE(text.ends_with("f/order.cpp:41 in pay")) << text;
}

TEST(CallSite, IsTextWhateverTheFileIsCalled) {
    EXPECT_EQ(recorded({"/shop/\xFFodd.cpp", "pay", 41}), "shop/?odd.cpp:41 in pay");
    EXPECT_EQ(recorded({"/shop/caf\xC3\xA9.cpp", "pay", 41}), "shop/caf\xC3\xA9.cpp:41 in pay");
    // The cut may go through the middle of a letter.
    std::string folder;
    for (int i = 0; i < 150; ++i) folder += "\xC3\xA9";
    for (const char* file : {"/a.cpp", "/ab.cpp"}) {
        const std::string path = "/" + folder + file;
        const std::string text = recorded({path.c_str(), "pay", 41});
        EXPECT_TRUE(text.ends_with(".cpp:41 in pay")) << text;
        EXPECT_LE(text.size(), 160U);
    }
}

}  // namespace
}  // namespace perdure::detail
