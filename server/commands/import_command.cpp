#include "server/commands/import_command.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/files/read_file.h"
#include "core/files/report_files.h"
#include "server/commands/exit_codes.h"
#include "server/commands/policy_file.h"
#include "server/commands/progress_bar.h"
#include "server/db/open.h"
#include "server/intake/intake.h"

namespace perftrend {
namespace {

std::string describe(const intake::Refusal& refusal) {
  return refusal.line == 0 ? " " + refusal.cause
                           : fmt::format("{}:{}: {}", refusal.line, refusal.column, refusal.cause);
}

intake::Upload upload_of(const ImportOptions& options, std::vector<formats::SentFile> files) {
  intake::Upload upload;
  upload.project = options.project;
  upload.branch = options.branch;
  upload.commit = options.commit;
  upload.testbed = options.testbed;
  upload.format = options.format;
  upload.files = std::move(files);
  return upload;
}

/// The import of all runs, and the counts of its results so far.
class Import {
 public:
  Import(const ImportOptions& options, const PolicyFile& policies)
      : options_(options), policies_(policies), database_(db::open_database(options.database.string())) {
    rules_.rules = policies.rules;
  }

  int run() {
    const files::ReportFiles found = files::find_report_files(options_.paths);
    ProgressBar progress("importing", found.runs.size());
    for (const files::RunFiles& run : found.runs) {
      import(run);
      progress.step();
    }
    progress.clear();
    left_.insert(left_.end(), found.left.begin(), found.left.end());
    for (const auto& failure : failures_)
      fmt::print(stderr, "{}\n", failure);
    if (!left_.empty()) fmt::print(stderr, "{}\n", files::describe_left(left_));
    fmt::print("{} stored, {} already stored, {} refused{}\n", stored_, already_stored_, failures_.size(),
               left_.empty() ? "" : fmt::format(", {} left", left_.size()));
    return failures_.empty() ? exit_ok : exit_failed;
  }

 private:
  void import(const files::RunFiles& run) {
    std::vector<formats::SentFile> sent;
    for (const files::ReportFile& file : run) {
      auto bytes = files::read_file(file.path);
      if (!bytes) {
        failures_.push_back(fmt::format("{}: cannot read the file", file.path.string()));
        return;
      }
      std::string why = options_.format == "auto" ? files::why_left(file, *bytes) : "";
      if (!why.empty()) {
        left_.push_back(fmt::format("{} ({})", file.path.string(), why));
        return;
      }
      sent.push_back({file.name, "", std::move(*bytes)});
    }
    const auto accepted =
        intake::take_upload(*database_, policies_.policies, rules_, upload_of(options_, std::move(sent)));
    if (!accepted) {
      failures_.push_back(fmt::format("{}:{}", run.front().path.string(), describe(accepted.error())));
    } else {
      ++(accepted->already_there ? already_stored_ : stored_);
    }
  }

  const ImportOptions& options_;
  const PolicyFile& policies_;
  intake::Options rules_;
  std::unique_ptr<db::Database> database_;
  std::vector<std::string> failures_, left_;
  std::size_t stored_ = 0, already_stored_ = 0;
};

}  // namespace

int run_import(const ImportOptions& options) {
  if (!intake::is_project_name(options.project)) {
    return fail(exit_usage, "--project must be a name of 1 to 100 characters of A-Z a-z 0-9 . _ -");
  }
  const auto policy_file = read_policy_file(options.policies);
  if (!policy_file) return fail(exit_usage, policy_file.error());
  return Import(options, *policy_file).run();
}

}  // namespace perftrend
