#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

// Types of a user, as the codec and the schemas see them. Unnamed, because messages and schemas show plain names.
namespace {

struct card {
    static constexpr std::string_view json_tag = "card";
    std::string number;
};
BOOST_DESCRIBE_STRUCT(card, (), (number))

struct tree {
    int value = 0;
    std::vector<tree> branches;
};
BOOST_DESCRIBE_STRUCT(tree, (), (value, branches))

struct money {  // nlohmann's functions win over Describe
    std::int64_t cents = 0;
    friend void to_json(nlohmann::json& json, const money& m) { json = std::to_string(m.cents) + " ct"; }
    friend void from_json(const nlohmann::json& json, money& m) { m.cents = std::stoll(json.get<std::string>()); }
};

}  // namespace
