#include "server/intake/stated_renames.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/junit/vocabulary.h"
#include "server/corrections/names.h"
#include "server/store/names.h"
#include "server/store/projects.h"
#include "server/store/quarantine.h"

namespace perftrend::intake {
namespace {

constexpr const char* actor = "the report";

/// Why the rename is not applied; nullopt: it is, or there is nothing to do.
std::optional<std::string> find_obstacle(db::Connection& connection, Id project, const Report& report,
                                         const StatedRename& rename) {
  const bool has_both = std::any_of(report.cases.begin(), report.cases.end(),
                                    [&](const ReportCase& each) { return CaseKey(each.key) == rename.was; });
  if (has_both) return "the report has a case of that name too";
  if (store::find_former_case(connection, project, rename.key)) return "it was given its former name again";
  return std::nullopt;
}

}  // namespace

std::vector<StatedRename> find_stated_renames(const Report& report) {
  std::vector<StatedRename> renames;
  for (const auto& each : report.cases) {
    CaseKey was = each.key;
    bool is_stated = false;
    for (const auto& property : each.properties) {
      const std::string_view name = property.name;
      if (!name.starts_with(junit::property_name::was)) continue;
      if (name == junit::property_name::was) was.name = std::string(property.value);
      if (name == junit::property_name::was_classname) was.classname = std::string(property.value);
      if (name == junit::property_name::was_suite) was.suite = std::string(property.value);
      is_stated = true;
    }
    if (is_stated && was != CaseKey(each.key)) renames.push_back({each.key, std::move(was)});
  }
  return renames;
}

std::vector<std::string> use_former_names(db::Connection& connection, Id project, Report& report,
                                          std::vector<MetricValue>& metrics, const std::vector<StatedRename>& renames) {
  std::vector<std::string> warnings;
  for (const auto& rename : renames) {
    const bool has_both = std::any_of(report.cases.begin(), report.cases.end(),
                                      [&](const ReportCase& each) { return CaseKey(each.key) == rename.was; });
    if (has_both || store::find_case(connection, project, rename.key) ||
        !store::find_case(connection, project, rename.was))
      continue;
    const auto restore = [&](CaseName& key) {
      const std::string_view name = key.name.view();
      const auto label = name.substr(std::min(name.size(), rename.key.name.size()));  // "[Prompt 0]"
      if (key.suite.view() != rename.key.suite || key.classname.view() != rename.key.classname ||
          !name.starts_with(rename.key.name) || (!label.empty() && label.front() != '['))
        return;
      key = {text::BorrowedText(rename.was.suite), text::BorrowedText(rename.was.classname),
             text::BorrowedText(rename.was.name + std::string(label))};
    };
    for (auto& each : report.cases)
      restore(each.key);
    for (auto& metric : metrics)
      restore(metric.key);
    warnings.push_back(fmt::format(
        "{} is filed as {} on this branch; the case is renamed when a long-lived branch reports the new name",
        rename.key.name, rename.was.name));
  }
  return warnings;
}

std::vector<std::string> apply_renames(db::Database& database, const triage::Policies& policies,
                                       std::string_view project, const Report& report,
                                       const std::vector<StatedRename>& renames) {
  std::vector<std::string> warnings;
  std::vector<StatedRename> due;
  corrections::ProjectRef of_project;
  const auto warn = [&](const StatedRename& rename, std::string_view cause) {
    warnings.push_back(fmt::format("{}: it keeps its own history, although {} = {}: {}", rename.key.name,
                                   junit::property_name::was, rename.was.name, cause));
  };
  database.read([&](db::Connection& connection) {
    const auto id = store::find_project_id(connection, project);
    if (!id) return;
    of_project = {*id, std::string(project)};
    for (const auto& rename : renames) {
      if (!store::find_case(connection, *id, rename.was)) continue;  // unknown, or renamed before
      if (const auto obstacle = find_obstacle(connection, *id, report, rename)) {
        warn(rename, *obstacle);
      } else {
        due.push_back(rename);
      }
    }
  });
  for (const auto& rename : due) {
    const auto renamed =
        corrections::rename_case({database, policies}, of_project, rename.was, rename.key, {actor, ""});
    if (!renamed) warn(rename, renamed.error().cause);
  }
  return warnings;
}

}  // namespace perftrend::intake
