#include "sdk/replayer/junit.hpp"

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

namespace perdure::detail {
namespace {

// What XML 1.0 cannot hold is left out.
std::string escaped(std::string_view text) {
    std::string made;
    for (const char c : text) {
        switch (c) {
            case '&':
                made += "&amp;";
                break;
            case '<':
                made += "&lt;";
                break;
            case '>':
                made += "&gt;";
                break;
            case '"':
                made += "&quot;";
                break;
            default:
                if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') made += c;
        }
    }
    return made;
}

}  // namespace

junit_file::junit_file(const std::filesystem::path& file) : path_(file), out_(file) {
    out_ << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"replay\">\n";
    check();
}

void junit_file::add(const bulk_result& result) {
    out_ << "<testcase classname=\"replay\" name=\"" << escaped(result.file.string()) << "\" time=\"" << result.seconds << "\"";
    if (result.ok()) {
        out_ << "/>\n";
        return;
    }
    const std::string number = result.report ? std::string(result.report->number()) : "unusable";
    const std::string sentence = result.report ? result.report->message() : result.trouble->what();
    out_ << ">\n<failure type=\"" << escaped(number) << "\" message=\"" << escaped(sentence) << "\">"
         << escaped(result.report ? result.report->text() : sentence) << "</failure>\n</testcase>\n";
}

void junit_file::finish() {
    out_ << "</testsuite>\n</testsuites>\n";
    out_.flush();
    check();
}

void junit_file::check() {
    if (!out_) throw std::system_error(errno, std::generic_category(), "the file " + path_.string() + " cannot be written");
}

}  // namespace perdure::detail
