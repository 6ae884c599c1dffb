#include "server/import_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "server/db/sqlite.h"
#include "server/exit_codes.h"
#include "server/intake/intake.h"
#include "server/policy_file.h"

namespace perftrend {
namespace {

bool is_report_name(const std::filesystem::path& path) {
  const auto extension = path.extension();
  return extension == ".xml" || extension == ".json" || extension == ".jsonl";
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
  return refusal.line == 0 ? refusal.cause : fmt::format("{}:{}: {}", refusal.line, refusal.column, refusal.cause);
}

class Progress {
 public:
  explicit Progress(std::size_t total) : total_(total), on_terminal_(::isatty(STDERR_FILENO) == 1) {}
  void step() {
    ++done_;
    if (on_terminal_) fmt::print(stderr, "\rimported {} of {}{}", done_, total_, done_ == total_ ? "\n" : "");
  }

 private:
  std::size_t total_, done_ = 0;
  bool on_terminal_;
};

}  // namespace

int run_import(const ImportOptions& options) {
  if (!intake::is_project_name(options.project)) {
    fmt::print(stderr, "perftrend-server: --project: not a project's name\n");
    return exit_usage;
  }
  const auto policies = read_policy_file(options.policies);
  if (!policies) {
    fmt::print(stderr, "perftrend-server: {}\n", policies.error());
    return exit_usage;
  }
  const auto files = find_reports(options.paths);
  const auto database = db::open_sqlite({.file = options.database});
  std::size_t stored = 0;
  std::size_t known = 0;
  std::size_t refused = 0;
  Progress progress(files.size());
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) {
      fmt::print(stderr, "{}: cannot be read\n", file.string());
      ++refused;
      continue;
    }
    intake::Upload upload;
    upload.project = options.project;
    upload.branch = options.branch;
    upload.commit = options.commit;
    upload.testbed = options.testbed;
    upload.format = options.format;
    upload.files.push_back({file.filename().string(), "", text.str()});
    const auto accepted = intake::take_upload(*database, *policies, {}, std::move(upload));
    if (!accepted) {
      fmt::print(stderr, "{}:{}\n", file.string(), describe(accepted.error()));
      ++refused;
    } else {
      ++(accepted->already_there ? known : stored);
    }
    progress.step();
  }
  fmt::print("{} stored, {} already there, {} refused\n", stored, known, refused);
  return refused == 0 ? exit_ok : exit_failed;
}

}  // namespace perftrend
