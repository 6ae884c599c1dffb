#include <optional>

#include "server/http/json/names.h"
#include "server/http/json/shapes.h"
#include "server/http/routes/project_access.h"
#include "server/triage/compare.h"
#include "server/triage/project_policies.h"

namespace perftrend::http {
namespace {

constexpr std::int64_t rows_max = 10'000;

std::optional<triage::SideKind> read_kind(const Request& request, const std::string& name) {
  const auto text = request.query_text(name);
  if (text.empty()) return std::nullopt;
  for (const auto kind : {triage::SideKind::branch, triage::SideKind::commit, triage::SideKind::run}) {
    if (text == triage::side_kind_name(kind)) return kind;
  }
  throw bad_parameter(name, "it must be branch, commit or run");
}

triage::SideQuestion read_side(const Request& request, const std::string& side) {
  const auto name = request.query_text(side);
  if (name.empty()) throw bad_parameter(side, "it must name a branch, a commit or a run");
  return {name, read_kind(request, side + "_kind")};
}

void write_side(JsonWriter& out, const triage::ComparisonSide& side) {
  out.member("kind", triage::side_kind_name(side.kind));
  out.member("name", side.name);
  out.member("text", side.text);
  out.member("runs", side.runs);
}

void write_row(JsonWriter& out, const triage::SeriesComparison& row) {
  const auto id = [](Id series) { return series == 0 ? std::nullopt : std::optional(series); };
  const auto value = [](std::size_t count, double median) { return count == 0 ? std::nullopt : std::optional(median); };
  out.member("case", row.key);
  out.member("metric", row.metric);
  out.member("unit", row.unit);
  out.member("better", better_name(row.better));
  out.member("testbed", row.testbed);
  out.member("base_series", id(row.base_series));
  out.member("head_series", id(row.head_series));
  out.member("base_n", row.base_values);
  out.member("head_n", row.head_values);
  out.member("base_median", value(row.base_values, row.base_median));
  out.member("head_median", value(row.head_values, row.head_median));
  const bool both = row.base_series != 0 && row.head_series != 0;
  out.member("effect", both ? std::optional(row.effect) : std::nullopt);
  out.member("effect_low", row.effect_low);
  out.member("effect_high", row.effect_high);
  out.member("p_value", row.p_value);
  out.member("method", triage::method_name(row.method));
  out.member("verdict", verdict_name(row.verdict));
  out.member("expected_by_chance", row.expected_by_chance);
}

void write_rows(JsonWriter& out, std::string_view name, const std::vector<triage::SeriesComparison>& rows,
                std::size_t limit) {
  std::size_t written = 0;
  out.array(name, rows, [&](const triage::SeriesComparison& row) {
    if (written++ < limit) out.object([&] { write_row(out, row); });
  });
}

Answer compare(const Context& context, Request& request) {
  const auto base = read_side(request, "base");
  const auto head = read_side(request, "head");
  const auto limit = static_cast<std::size_t>(request.query_integer("limit", 1, rows_max, 1000));
  std::optional<triage::Comparison> found;
  context.database.read([&](db::Connection& connection) {
    const auto project = require_project(connection, request);
    const auto policies = triage::policies_of(connection, context.policies, project.id);
    auto compared = triage::compare(connection, policies, project.id, project.name, base, head);
    if (!compared) throw Problem(404, "not-found", compared.error());
    found = std::move(*compared);
  });
  if (request.header("accept").find("text/markdown") != std::string::npos) {
    Answer answer;
    answer.content_type = "text/markdown; charset=utf-8";
    answer.body = triage::to_markdown(*found, request.path_parameter("project"), "");
    return answer;
  }
  return json_answer([&](JsonWriter& out) {
    out.object("base", [&] { write_side(out, found->base); });
    out.object("head", [&] { write_side(out, found->head); });
    out.member("regressed", found->regressed);
    out.member("improved", found->improved);
    out.member("unchanged", found->unchanged);
    out.member("undecided", found->undecided);
    out.member("total", found->series.size());
    write_rows(out, "series", found->series, limit);
    write_rows(out, "only_base", found->only_base, limit);
    write_rows(out, "only_head", found->only_head, limit);
  });
}

}  // namespace

std::vector<Route> compare_routes() {
  return {{"GET", "/api/v1/projects/{project}/compare", store::Scope::read, compare}};
}

}  // namespace perftrend::http
