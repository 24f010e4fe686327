#pragma once

#include <atomic>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <perdure/payload_codec.hpp>

namespace perdure::example {

/// As an encrypting codec is written, with a cipher that keeps nobody out: the clear payload, its encoding included, becomes the
/// bytes of a payload that says how it was made, and only what was made so is taken apart again.
class xor_codec : public payload_codec {
  public:
    static constexpr const char* encrypted = "binary/encrypted";

    std::vector<raw_payload> encode(std::vector<raw_payload> values) override {
        for (raw_payload& value : values) {
            value.data = mixed(value.encoding + "\n" + value.data);
            value.encoding = encrypted;
        }
        return values;
    }
    std::vector<raw_payload> decode(std::vector<raw_payload> values) override {
        for (raw_payload& value : values) {
            if (value.encoding != encrypted) continue;
            const std::string clear = mixed(std::move(value.data));
            const auto end = clear.find('\n');
            if (end == std::string::npos) throw std::runtime_error("these bytes were encrypted with another key");
            value.encoding = clear.substr(0, end);
            value.data = clear.substr(end + 1);
        }
        return values;
    }

  private:
    static std::string mixed(std::string text) {
        for (char& byte : text) byte = static_cast<char>(static_cast<unsigned char>(byte) ^ 0xA5U);
        return text;
    }
};

/// Puts its letter around the data, so that the order of a chain can be seen.
class letter_codec : public payload_codec {
  public:
    explicit letter_codec(char letter) : letter_(letter) {}
    std::vector<raw_payload> encode(std::vector<raw_payload> values) override {
        for (raw_payload& value : values) value.data = letter_ + value.data + letter_;
        return values;
    }
    std::vector<raw_payload> decode(std::vector<raw_payload> values) override {
        for (raw_payload& value : values) {
            if (value.data.size() < 2 || value.data.front() != letter_ || value.data.back() != letter_)
                throw std::runtime_error("expected " + std::string(1, letter_) + " around " + value.data);
            value.data = value.data.substr(1, value.data.size() - 2);
        }
        return values;
    }

  private:
    char letter_;
};

/// Cannot reach its keys while told so.
class moody_codec : public xor_codec {
  public:
    std::vector<raw_payload> encode(std::vector<raw_payload> values) override {
        if (fail_encode) throw std::runtime_error("no key to encrypt with");
        return xor_codec::encode(std::move(values));
    }
    std::vector<raw_payload> decode(std::vector<raw_payload> values) override {
        if (fail_decode) throw std::runtime_error("no key to decrypt with");
        return xor_codec::decode(std::move(values));
    }

    std::atomic<bool> fail_encode{false};
    std::atomic<bool> fail_decode{false};
};

}  // namespace perdure::example
