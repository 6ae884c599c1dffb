#include "runner/commands/compare_command.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cctype>
#include <cstdio>

#include "core/files/read_file.h"
#include "runner/report/compare_reports.h"
#include "runner/show/compare_text.h"

namespace perftrend::runner {
namespace {

tl::expected<ReadReport, std::string> read_report_file(const std::string& file) {
  const auto xml = files::read_file(file);
  if (!xml) return tl::unexpected(file + ": cannot be read");
  auto report = read_report(*xml);
  // A position follows the file's name directly, a cause without one after a blank.
  if (!report) {
    const bool has_position = std::isdigit(static_cast<unsigned char>(report.error().front())) != 0;
    return tl::unexpected(fmt::format("{}:{}{}", file, has_position ? "" : " ", report.error()));
  }
  return report;
}

}  // namespace

ExitCode compare(const CompareOptions& options) {
  std::vector<ReadReport> reports;
  for (const std::string& file : options.files) {
    auto report = read_report_file(file);
    if (!report) {
      fmt::print(stderr, "perftrend-runner: {}\n", report.error());
      return ExitCode::usage;
    }
    reports.push_back(std::move(*report));
  }
  if (reports.size() > 2 && reports.size() < reports_of_a_history()) {
    fmt::print(stderr, "perftrend-runner: compare: {} reports are too few for a baseline; give two, or at least {}\n",
               reports.size(), reports_of_a_history());
    return ExitCode::usage;
  }
  const ReportComparison comparison = compare_reports(reports);
  if (comparison.series.empty()) {
    fmt::print(stderr, "perftrend-runner: compare: the reports have no series in common\n");
    return ExitCode::usage;
  }
  if (options.json)
    fmt::print("{}\n", to_object(comparison).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  else
    fmt::print("{}", to_text(comparison));
  (void)std::fflush(stdout);
  const bool regressed = comparison.count(Verdict::regressed) > 0;
  return options.fail_on_regression && regressed ? ExitCode::regressed : ExitCode::ok;
}

}  // namespace perftrend::runner
