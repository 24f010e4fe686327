// What the example's worker program says of itself, as the golden file has it.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

namespace {

TEST(OrderWorker, DescribesItselfAsBefore) {
    const std::string program = std::string(PERDURE_BINARY_DIR) + "/bin/order_worker describe";
    std::FILE* pipe = popen(program.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::string said;
    std::array<char, 4096> part{};
    while (const std::size_t bytes = std::fread(part.data(), 1, part.size(), pipe)) said.append(part.data(), bytes);
    ASSERT_EQ(pclose(pipe), 0);

    std::ifstream in(PERDURE_SOURCE_DIR "/tests/unit/order_example/golden/describe.json");
    std::ostringstream golden;
    golden << in.rdbuf();
    EXPECT_EQ(said, golden.str()) << "if this is meant: order_worker describe > tests/unit/order_example/golden/describe.json";
}

}  // namespace
