#include "server/commands/import_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "core/files/read_file.h"
#include "server/commands/exit_codes.h"
#include "server/commands/policy_file.h"
#include "server/commands/progress_bar.h"
#include "server/db/open.h"
#include "server/intake/intake.h"

namespace perftrend {
namespace {

/// Whether a file in a folder is imported: reports, and archives of reports.
bool is_report_name(const std::filesystem::path& path) {
  constexpr std::array<std::string_view, 10> ends = {".xml",    ".json",    ".jsonl", ".zip", ".tar",
                                                     ".tar.gz", ".tar.zst", ".tgz",   ".gz",  ".zst"};
  const std::string name = path.filename().string();
  if (name.starts_with("._")) return false;  // macOS writes such a file next to each file
  return std::any_of(ends.begin(), ends.end(), [&](auto end) { return name.ends_with(end); });
}

std::vector<std::filesystem::path> find_reports(const std::vector<std::filesystem::path>& paths) {
  std::vector<std::filesystem::path> files;
  for (const auto& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    const auto first = static_cast<std::ptrdiff_t>(files.size());
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      if (entry.is_regular_file() && is_report_name(entry.path())) files.push_back(entry.path());
    }
    std::sort(files.begin() + first, files.end());
  }
  return files;
}

std::string describe(const intake::Refusal& refusal) {
  return refusal.line == 0 ? " " + refusal.cause
                           : fmt::format("{}:{}: {}", refusal.line, refusal.column, refusal.cause);
}

intake::Upload upload_of(const ImportOptions& options, const std::filesystem::path& file, std::string bytes) {
  intake::Upload upload;
  upload.project = options.project;
  upload.branch = options.branch;
  upload.commit = options.commit;
  upload.testbed = options.testbed;
  upload.format = options.format;
  upload.files.push_back({file.filename().string(), "", std::move(bytes)});
  return upload;
}

}  // namespace

int run_import(const ImportOptions& options) {
  if (!intake::is_project_name(options.project)) {
    return fail(exit_usage, "--project must be a name of 1 to 100 characters of A-Z a-z 0-9 . _ -");
  }
  const auto policy_file = read_policy_file(options.policies);
  if (!policy_file) {
    return fail(exit_usage, policy_file.error());
  }
  intake::Options how;
  how.rules = policy_file->rules;
  const auto files = find_reports(options.paths);
  const auto database = db::open_database(options.database.string());
  std::size_t stored = 0;
  std::size_t already_stored = 0;
  std::vector<std::string> failures;
  ProgressBar progress("importing", files.size());
  for (const auto& file : files) {
    auto bytes = files::read_file(file);
    if (!bytes) {
      failures.push_back(fmt::format("{}: cannot read the file", file.string()));
    } else {
      const auto accepted =
          intake::take_upload(*database, policy_file->policies, how, upload_of(options, file, std::move(*bytes)));
      if (!accepted) {
        failures.push_back(fmt::format("{}:{}", file.string(), describe(accepted.error())));
      } else {
        ++(accepted->already_there ? already_stored : stored);
      }
    }
    progress.step();
  }
  progress.clear();
  for (const auto& failure : failures)
    fmt::print(stderr, "{}\n", failure);
  fmt::print("{} stored, {} already stored, {} refused\n", stored, already_stored, failures.size());
  return failures.empty() ? exit_ok : exit_failed;
}

}  // namespace perftrend
