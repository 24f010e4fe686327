#include "history_service/store/postgres/lister.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "history_service/store/postgres/dialect.hpp"
#include "history_service/visibility/evaluate.hpp"

namespace perdure::history::postgres {
namespace {

// With the attributes as four arrays side by side, so that a page costs one round trip.
constexpr const char* columns =
    "SELECT r.run, r.namespace, r.workflow_id, r.run_id, r.workflow_type, r.task_queue, r.status, r.start_time, "
    "r.execution_time, r.close_time, r.history_length, r.info, v.names, v.wholes, v.reals, v.words FROM perdure.runs AS r, "
    "LATERAL (SELECT array_agg(t.name ORDER BY t.ordinal) AS names, array_agg(t.whole ORDER BY t.ordinal) AS wholes, "
    "array_agg(t.real ORDER BY t.ordinal) AS reals, array_agg(t.word ORDER BY t.ordinal) AS words "
    "FROM perdure.attributes AS t WHERE t.shard = 0 AND t.run = r.run) AS v WHERE r.shard = 0 AND ";

visibility_row row_of(const answer& from, int at) {
    visibility_row row;
    row.run = from.integer(at, 0);
    row.namespace_name = from.text(at, 1);
    row.workflow_id = from.text(at, 2);
    row.run_id = from.text(at, 3);
    row.workflow_type = from.text(at, 4);
    row.task_queue = from.text(at, 5);
    row.status = static_cast<int>(from.integer(at, 6));
    row.start_time = from.time(at, 7);
    row.execution_time = from.time(at, 8);
    if (!from.is_null(at, 9)) row.close_time = from.time(at, 9);
    row.history_length = from.integer(at, 10);
    row.info = from.text(at, 11);
    const auto names = read_array(from.bytes(at, 12));
    const auto wholes = read_array(from.bytes(at, 13));
    const auto reals = read_array(from.bytes(at, 14));
    const auto words = read_array(from.bytes(at, 15));
    if (wholes.size() != names.size() || reals.size() != names.size() || words.size() != names.size())
        throw error{{status_code::data_loss, "the search attributes of run " + std::to_string(row.run) + " cannot be read"}};
    for (std::size_t i = 0; i < names.size(); ++i) {
        attribute_value value = std::string(words[i].value_or(""));
        if (wholes[i]) value = read_int8(*wholes[i]);
        if (reals[i]) value = read_float8(*reals[i]);
        row.attributes.emplace_back(std::string(names[i].value_or("")), std::move(value));
    }
    return row;
}

std::int64_t one_more(std::size_t limit) {
    return static_cast<std::int64_t>(std::min<std::size_t>(limit, std::numeric_limits<std::int32_t>::max())) + 1;
}

}  // namespace

visibility_page lister::list(std::string_view namespace_name, const list_filter& filter, const std::optional<list_cursor>& after,
                             std::size_t limit) {
    // One row more than asked for tells whether there is a next page.
    parameters with;
    with.add_bytes(namespace_name).add(one_more(limit));
    if (after) with.add(after->order_value).add(after->run);
    const sql_condition condition = condition_of(filter, dialect(static_cast<std::size_t>(with.count())));
    for (const attribute_value& value : condition.values) with.add(value);
    const std::string order = order_expression(filter);
    const std::string direction = filter.descending ? " DESC" : " ASC";
    std::string sql = columns + std::string("r.namespace = $1 AND ") + condition.sql;
    if (after) sql += " AND (" + order + ", r.run) " + (filter.descending ? "<" : ">") + " ($3, $4)";
    sql += " ORDER BY " + order + direction + ", r.run" + direction + " LIMIT $2";

    const answer found = session_.ask(limit_, [&](connection& db, deadline until) { return db.run(sql, with, until); });
    visibility_page page;
    for (int at = 0; at < found.rows() && page.rows.size() < limit; ++at) page.rows.push_back(row_of(found, at));
    if (limit > 0 && static_cast<std::size_t>(found.rows()) > limit) page.next = cursor_of(filter, page.rows.back());
    return page;
}

std::vector<status_count> lister::count(std::string_view namespace_name, const list_filter& filter) {
    parameters with;
    with.add_bytes(namespace_name);
    const sql_condition condition = condition_of(filter, dialect(static_cast<std::size_t>(with.count())));
    for (const attribute_value& value : condition.values) with.add(value);
    const std::string sql = "SELECT r.status, count(*) FROM perdure.runs AS r WHERE r.shard = 0 AND r.namespace = $1 AND " +
                            condition.sql + " GROUP BY r.status ORDER BY r.status";
    const answer rows = session_.ask(limit_, [&](connection& db, deadline until) { return db.run(sql, with, until); });
    std::vector<status_count> found;
    for (int at = 0; at < rows.rows(); ++at) found.push_back({static_cast<int>(rows.integer(at, 0)), rows.integer(at, 1)});
    return found;
}

std::vector<visibility_row> lister::scan_runs(run_number after, std::size_t limit) {
    static const std::string sql = columns + std::string("r.run > $1 ORDER BY r.run LIMIT $2");
    parameters with;
    with.add(after).add(one_more(limit) - 1);
    const answer rows = session_.ask(limit_, [&](connection& db, deadline until) { return db.run(sql, with, until); });
    std::vector<visibility_row> found;
    for (int at = 0; at < rows.rows(); ++at) found.push_back(row_of(rows, at));
    return found;
}

}  // namespace perdure::history::postgres
