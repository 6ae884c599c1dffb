#include "runner/delivery/backlog.h"

#include <algorithm>
#include <array>
#include <system_error>

#include "core/junit/junit_writer.h"

namespace perftrend::runner {
namespace {

namespace fs = std::filesystem;

/// Names of the files that are collected from a directory.
bool is_report_name(std::string_view name) {
  constexpr std::array<std::string_view, 10> ends = {".xml",    ".json",    ".jsonl", ".zip", ".tar",
                                                     ".tar.gz", ".tar.zst", ".tgz",   ".gz",  ".zst"};
  if (name.starts_with("._")) return false;  // metadata that macOS stores next to every file
  return std::any_of(ends.begin(), ends.end(), [&](auto end) { return name.ends_with(end); });
}

std::vector<fs::path> reports_in(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (auto at = fs::recursive_directory_iterator(directory, failed);
       !failed && at != fs::recursive_directory_iterator(); at.increment(failed)) {
    if (at->is_regular_file() && is_report_name(at->path().filename().string())) files.push_back(at->path());
  }
  if (failed) files.push_back(directory);  // reading it fails later and is reported with the other failures
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::vector<RunFiles> find_runs(const std::vector<std::string>& paths, bool one_run) {
  RunFiles files;
  for (const auto& path : paths) {
    std::error_code absent;
    if (!fs::is_directory(path, absent)) {
      files.emplace_back(path);
      continue;
    }
    const auto found = reports_in(path);
    files.insert(files.end(), found.begin(), found.end());
  }
  if (one_run && !files.empty()) return {files};
  std::vector<RunFiles> runs;
  runs.reserve(files.size());
  for (auto& file : files)
    runs.push_back({std::move(file)});
  return runs;
}

RunCoordinates coordinates_of(const std::vector<std::string>& reports, const RunCoordinates& stated, bool stated_only,
                              const Variables& variables) {
  junit::Properties all = to_properties(stated);
  for (const auto& report : reports) {
    const auto properties = junit::suite_properties(report);
    all.insert(all.end(), properties.begin(), properties.end());
  }
  RunCoordinates at = coordinates_in(all);
  // The report's branch with the environment's commit would be a combination that never existed.
  const bool is_placed = !at.commit.empty() || !at.branch.empty();
  if (stated_only || is_placed) return at;
  return complete_coordinates(std::move(at), variables, ask_no_git, "");
}

std::string content_type_of(std::string_view bytes) {
  const auto first = bytes.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  const char begin = first == std::string_view::npos ? '\0' : bytes[first];
  if (begin == '<') return "application/xml";
  if (begin == '{' || begin == '[') return "application/json";
  return "application/octet-stream";
}

}  // namespace perftrend::runner
