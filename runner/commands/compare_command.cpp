#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cctype>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "runner/commands/commands.h"
#include "runner/report/compare_reports.h"

namespace perftrend::runner {
namespace {

tl::expected<ReadReport, std::string> read_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string xml{std::istreambuf_iterator<char>(in), {}};
  if (!in.is_open() || in.bad()) return tl::unexpected(file + ": cannot be read");
  auto report = read_report(xml);
  // A place follows the file's name at once, a mere cause after a blank.
  if (!report) {
    const bool has_place = std::isdigit(static_cast<unsigned char>(report.error().front())) != 0;
    return tl::unexpected(fmt::format("{}:{}{}", file, has_place ? "" : " ", report.error()));
  }
  return report;
}

}  // namespace

ExitCode compare(const CompareOptions& options) {
  std::vector<ReadReport> reports;
  for (const std::string& file : options.files) {
    auto report = read_file(file);
    if (!report) {
      fmt::print(stderr, "perftrend-runner: {}\n", report.error());
      return ExitCode::usage;
    }
    reports.push_back(std::move(*report));
  }
  if (reports.size() > 2 && reports.size() < reports_of_a_history()) {
    fmt::print(stderr, "perftrend-runner: compare: {} reports are too few for a baseline; give two, or {} and more\n",
               reports.size(), reports_of_a_history());
    return ExitCode::usage;
  }
  const Comparison comparison = compare_reports(reports);
  if (comparison.series.empty()) {
    fmt::print(stderr, "perftrend-runner: compare: the reports have no series in common\n");
    return ExitCode::usage;
  }
  if (options.json)
    fmt::print("{}\n", to_object(comparison).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  else
    fmt::print("{}", to_text(comparison));
  (void)std::fflush(stdout);
  const bool regressed = comparison.count(perftrend::Verdict::regressed) > 0;
  return options.fail_on_regression && regressed ? ExitCode::regressed : ExitCode::ok;
}

}  // namespace perftrend::runner
