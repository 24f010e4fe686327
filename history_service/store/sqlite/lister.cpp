#include "history_service/store/sqlite/lister.hpp"

#include <string>

#include "history_service/store/sqlite/dialect.hpp"
#include "history_service/visibility/evaluate.hpp"

namespace perdure::history::sqlite {
namespace {

constexpr const char* columns =
    "SELECT r.run, r.namespace, r.workflow_id, r.run_id, r.workflow_type, r.task_queue, r.status, r.start_time, "
    "r.execution_time, r.close_time, r.history_length, r.info FROM runs AS r WHERE ";

}  // namespace

lister::lister(connection& db)
    : db_(db),
      attributes_(db.prepare("SELECT name, value FROM attributes WHERE run = ? ORDER BY ordinal")),
      scan_(db.prepare(columns + std::string("r.run > ? ORDER BY r.run LIMIT ?"))) {}

visibility_row lister::row_of(const statement& at) {
    visibility_row row;
    row.run = at.integer(0);
    row.namespace_name = at.text(1);
    row.workflow_id = at.text(2);
    row.run_id = at.text(3);
    row.workflow_type = at.text(4);
    row.task_queue = at.text(5);
    row.status = static_cast<int>(at.integer(6));
    row.start_time = at.time(7);
    row.execution_time = at.time(8);
    if (!at.is_null(9)) row.close_time = at.time(9);
    row.history_length = at.integer(10);
    row.info = at.text(11);
    for (bool one = attributes_.run(row.run); one; one = attributes_.next())
        row.attributes.emplace_back(attributes_.text(0), attributes_.value(1));
    return row;
}

visibility_page lister::list(std::string_view namespace_name, const list_filter& filter, const std::optional<list_cursor>& after,
                             std::size_t limit) {
    const sql_condition condition = condition_of(filter, dialect());
    const std::string order = order_expression(filter);
    const std::string direction = filter.descending ? " DESC" : " ASC";
    std::string sql = columns + std::string("r.namespace = ? AND ") + condition.sql;
    if (after) sql += " AND (" + order + ", r.run) " + (filter.descending ? "<" : ">") + " (?, ?)";
    sql += " ORDER BY " + order + direction + ", r.run" + direction + " LIMIT ?";

    statement question = db_.prepare(sql);
    int index = 0;
    question.bind(++index, namespace_name);
    for (const attribute_value& value : condition.values) question.bind(++index, value);
    if (after) {
        question.bind(++index, after->order_value);
        question.bind(++index, after->run);
    }
    // One more than asked for tells whether there is a next page.
    question.bind(++index, static_cast<std::int64_t>(limit) + 1);
    visibility_page page;
    while (question.next()) {
        if (page.rows.size() == limit) {
            if (limit > 0) page.next = cursor_of(filter, page.rows.back());
            break;
        }
        page.rows.push_back(row_of(question));
    }
    return page;
}

std::vector<status_count> lister::count(std::string_view namespace_name, const list_filter& filter) {
    const sql_condition condition = condition_of(filter, dialect());
    statement question = db_.prepare("SELECT r.status, count(*) FROM runs AS r WHERE r.namespace = ? AND " + condition.sql +
                                     " GROUP BY r.status ORDER BY r.status");
    int index = 0;
    question.bind(++index, namespace_name);
    for (const attribute_value& value : condition.values) question.bind(++index, value);
    std::vector<status_count> found;
    while (question.next()) found.push_back({static_cast<int>(question.integer(0)), question.integer(1)});
    return found;
}

std::vector<visibility_row> lister::scan_runs(run_number after, std::size_t limit) {
    std::vector<visibility_row> found;
    for (bool row = scan_.run(after, static_cast<std::int64_t>(limit)); row; row = scan_.next()) found.push_back(row_of(scan_));
    return found;
}

}  // namespace perdure::history::sqlite
