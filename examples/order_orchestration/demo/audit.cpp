#include "demo/audit.hpp"

#include <charconv>

#include "world/database.hpp"

namespace shop::demo {
namespace {

int number(const std::string& text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

std::map<std::string, Books> read_books(const std::string& warehouse, const std::string& payments) {
    std::map<std::string, Books> books;
    Database shop(warehouse, "");
    for (const auto& row : shop.run("SELECT order_id, state, COUNT(DISTINCT key) FROM holds GROUP BY 1, 2"))
        (row[1] == "held" ? books[row[0]].holds : books[row[0]].released) = number(row[2]);
    for (const auto& row : shop.run("SELECT order_id, state, COUNT(*) FROM parcels GROUP BY 1, 2"))
        (row[1] == "booked" ? books[row[0]].parcels : books[row[0]].recalled) = number(row[2]);
    for (const auto& row : shop.run("SELECT order_id, step, n FROM attempts")) books[row[0]].attempts[row[1]] = number(row[2]);
    Database bank(payments, "");
    for (const auto& row : bank.run("SELECT order_id, state, COUNT(*) FROM charges GROUP BY 1, 2"))
        (row[1] == "charged" ? books[row[0]].charges : books[row[0]].voided) = number(row[2]);
    return books;
}

std::vector<std::string> audit(const std::map<std::string, Books>& books, const std::map<std::string, bool>& shipped_by_order) {
    std::vector<std::string> violations;
    const auto expect = [&](const std::string& id, const std::string& what, int found, int wanted) {
        if (found != wanted)
            violations.push_back("order " + id + " has " + std::to_string(found) + " " + what + ", not " +
                                 std::to_string(wanted));
    };
    for (const auto& [id, shipped] : shipped_by_order) {
        const auto entry = books.find(id);
        const Books found = entry == books.end() ? Books{} : entry->second;
        const int wanted = shipped ? 1 : 0;
        expect(id, "standing charges", found.charges, wanted);
        expect(id, "standing reservations", found.holds, wanted);
        expect(id, "booked shipments", found.parcels, wanted);
    }
    for (const auto& [id, found] : books)
        if (!shipped_by_order.contains(id)) violations.push_back("order " + id + " is in the books, and nobody placed it");
    return violations;
}

}  // namespace shop::demo
