#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/stream/frame.hpp"
#include "server/stream/outbox.hpp"

namespace perdure::server {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text.data(), text.size())); }

pb::worker::ServerMessage message_of(std::size_t bytes) {
    pb::worker::ServerMessage message;
    message.mutable_error()->set_message(std::string(bytes, 'x'));
    return message;
}

TEST(Frame, IsDecoded) {
    pb::worker::FromWorker sent;
    sent.add_messages()->mutable_hello()->set_identity("w");
    const auto decoded = decode_frame(bytes_of(sent.SerializeAsString()));
    ASSERT_TRUE(decoded);
    EXPECT_EQ((*decoded)->messages(0).hello().identity(), "w");
}

TEST(Frame, AnEmptyOneSaysNothing) { EXPECT_TRUE(decode_frame({})); }

TEST(Frame, GarbageIsRefusedInWords) {
    pb::worker::FromWorker sent;
    sent.add_messages()->mutable_hello()->set_identity("a worker with a name");
    const std::string whole = sent.SerializeAsString();
    for (const std::string& garbage : {std::string("GET / HTTP/1.1\r\n"), std::string(10, '\xff'),
                                       whole.substr(0, whole.size() - 3), std::string("\x10\x01", 2)}) {
        const auto decoded = decode_frame(bytes_of(garbage));
        ASSERT_FALSE(decoded);
        EXPECT_THAT(decoded.error().message, testing::HasSubstr("is not a perdure.worker.v1.FromWorker"));
    }
}

TEST(Outbox, GathersMessagesInOneFrame) {
    outbox box;
    EXPECT_TRUE(box.empty());
    box.put(message_of(3));
    box.put(message_of(200));
    box.put(message_of(0));
    const std::size_t waiting = box.bytes();
    const std::string frame = box.take();
    EXPECT_EQ(waiting, frame.size());
    EXPECT_EQ(box.bytes(), 0U);
    EXPECT_TRUE(box.empty());
    pb::worker::FromServer read;
    ASSERT_TRUE(read.ParseFromString(frame));
    ASSERT_EQ(read.messages_size(), 3);
    EXPECT_EQ(read.messages(0).error().message(), "xxx");
    EXPECT_EQ(read.messages(1).error().message().size(), 200U);
}

TEST(Outbox, AFullFrameTravelsBeforeTheNextOne) {
    outbox box;
    box.put(message_of(outbox::full_frame_bytes));
    box.put(message_of(1));
    EXPECT_GT(box.take().size(), outbox::full_frame_bytes);
    EXPECT_LT(box.take().size(), 20U);
    EXPECT_EQ(box.take(), "");
}

TEST(Outbox, ALargeMessageTravelsAlone) {
    outbox box;
    box.put(message_of(1));
    box.put(message_of(outbox::full_frame_bytes));
    box.put(message_of(1));
    const std::size_t waiting = box.bytes();
    const std::size_t first = box.take().size();
    const std::size_t large = box.take().size();
    const std::size_t last = box.take().size();
    EXPECT_LT(first, 20U);
    EXPECT_GT(large, outbox::full_frame_bytes);
    EXPECT_EQ(last, first);
    EXPECT_EQ(waiting, first + large + last);
}

TEST(Outbox, JoinsUpToAFullFrameAndNotBeyond) {
    outbox box;
    for (int i = 0; i < 3; ++i) box.put(message_of(outbox::full_frame_bytes / 2 - 100));
    EXPECT_LE(box.take().size(), outbox::full_frame_bytes);
    EXPECT_FALSE(box.empty());
    EXPECT_LE(box.take().size(), outbox::full_frame_bytes / 2);
    EXPECT_TRUE(box.empty());
}

}  // namespace
}  // namespace perdure::server
