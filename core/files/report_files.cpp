#include "core/files/report_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include "core/formats/criterion_files.h"
#include "core/formats/file_names.h"
#include "core/formats/report_reader.h"

namespace perftrend::files {
namespace {

namespace fs = std::filesystem;

/// Collects the files of one folder.
class FolderFiles {
 public:
  FolderFiles(fs::path folder, ReportFiles& found) : folder_(std::move(folder)), found_(found) {}

  void run() {
    std::error_code failed;
    for (auto at = fs::recursive_directory_iterator(folder_, failed);
         !failed && at != fs::recursive_directory_iterator(); at.increment(failed)) {
      std::error_code absent;
      if (at->is_regular_file(absent)) paths_.push_back(at->path());
    }
    if (failed) found_.runs.push_back({{folder_, folder_.filename().string(), FoundBy::name}});
    std::sort(paths_.begin(), paths_.end());
    for (const fs::path& path : paths_) {
      if (formats::is_criterion_estimates(path.string())) criterion_.insert(path.parent_path());
    }
    for (const fs::path& path : paths_)
      add(path);
  }

 private:
  void add(const fs::path& path) {
    if (formats::kind_of_file_name(path.string()) == formats::FileKind::other) {
      found_.left.push_back(path.string());
      return;
    }
    ReportFile file{path, path.lexically_relative(folder_).generic_string(), FoundBy::folder};
    if (!criterion_.contains(path.parent_path())) {
      found_.runs.push_back({std::move(file)});
      return;
    }
    // Below "criterion/" a folder has the name of its benchmark.
    file.name = "criterion/" + file.name;
    file.found_by = FoundBy::criterion;
    if (criterion_run_ == 0) {
      found_.runs.emplace_back();
      criterion_run_ = found_.runs.size();
    }
    found_.runs[criterion_run_ - 1].push_back(std::move(file));
  }

  fs::path folder_;
  ReportFiles& found_;
  std::vector<fs::path> paths_;
  std::set<fs::path> criterion_;   ///< folders with results of Criterion
  std::size_t criterion_run_ = 0;  ///< its place among the runs, from 1; 0 without one
};

}  // namespace

ReportFiles find_report_files(const std::vector<fs::path>& paths) {
  ReportFiles found;
  for (const fs::path& path : paths) {
    std::error_code absent;
    if (fs::is_directory(path, absent)) {
      FolderFiles(path, found).run();
    } else {
      found.runs.push_back({{path, path.filename().string(), FoundBy::name}});
    }
  }
  return found;
}

std::string why_left(const ReportFile& file, std::string_view bytes) {
  if (file.found_by != FoundBy::folder) return "";
  const formats::FileKind kind = formats::kind_of_file_name(file.name);
  if (kind == formats::FileKind::packed) return "";
  if (kind == formats::FileKind::text && !formats::is_text_report(bytes)) return "it holds no results of benchmarks";
  const auto report = formats::read_report(bytes, "", file.name);
  if (report || !report.error().is_other_file) return "";
  const std::string& cause = report.error().cause;
  return cause.substr(0, cause.find("; perftrend reads "));
}

std::string describe_left(const std::vector<std::string>& left) {
  constexpr std::size_t lines_max = 20;
  if (left.empty()) return "";
  std::string text = fmt::format(
      "{} left:", left.size() == 1 ? "1 file is not a report," : fmt::format("{} files are not reports,", left.size()));
  for (std::size_t i = 0; i < std::min(left.size(), lines_max); ++i)
    text += "\n  " + left[i];
  if (left.size() > lines_max) text += fmt::format("\n  … and {} more", left.size() - lines_max);
  return text;
}

}  // namespace perftrend::files
