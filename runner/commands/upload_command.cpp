#include "runner/commands/upload_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "core/files/read_file.h"
#include "core/files/report_files.h"
#include "core/text/progress_text.h"
#include "runner/delivery/delivery.h"
#include "runner/delivery/upload_coordinates.h"
#include "runner/show/progress.h"

namespace perftrend::runner {
namespace {

constexpr std::size_t plain_lines = 10;

/// The upload of all runs, and the counts of its results so far.
class BacklogUpload {
 public:
  BacklogUpload(const UploadOptions& options, const Variables& variables)
      : options_(options),
        variables_(variables),
        on_terminal_(::isatty(STDERR_FILENO) == 1 && value_of(variables, "TERM") != "dumb"),
        progress_(on_terminal_ ? ProgressReporter::Style::terminal : ProgressReporter::Style::plain, stderr),
        uploader_(make_uploader(options.server, progress_)) {}

  ExitCode run() {
    const files::ReportFiles found = find_files();
    total_ = found.runs.size();
    const auto began = std::chrono::steady_clock::now();
    for (const auto& each : found.runs) {
      if (failures_in_a_row_ == failures_in_a_row_max) break;
      deliver(each);
      ++done_;
      report_progress(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
    }
    if (delivered_ > 0) deliver_spooled_and_report(uploader_, delivery_to_server(), options_.spool, progress_);
    left_.insert(left_.end(), found.left.begin(), found.left.end());
    report_totals();
    const bool has_report = delivered_ > 0 || !failures_.empty();
    return failures_.empty() && done_ == total_ && has_report ? ExitCode::ok : ExitCode::not_delivered;
  }

 private:
  [[nodiscard]] bool is_backlog() const { return total_ > listed_runs_max; }
  [[nodiscard]] Delivery delivery_to_server() const {
    return {.server = options_.server, .project = options_.project, .token = options_.token, .coordinates = {}};
  }

  [[nodiscard]] files::ReportFiles find_files() const {
    files::ReportFiles found = files::find_report_files({options_.files.begin(), options_.files.end()});
    if (options_.one_run && !found.runs.empty()) {
      files::RunFiles all;
      for (const auto& run : found.runs)
        all.insert(all.end(), run.begin(), run.end());
      found.runs = {std::move(all)};
    }
    return found;
  }

  /// The reports among the files of one run; nothing when one of them cannot be read. Others are added to left_.
  std::optional<std::vector<FormFile>> read_reports(const files::RunFiles& run) {
    std::vector<FormFile> reports;
    for (const auto& file : run) {
      auto bytes = files::read_file(file.path);
      if (!bytes || bytes->empty()) {
        fail(file.path.string(), "cannot be read or is empty");
        return std::nullopt;
      }
      const std::string why = options_.format.empty() ? files::why_left(file, *bytes) : "";
      if (why.empty()) {
        reports.push_back({file.name, std::move(*bytes)});
      } else {
        left_.push_back(fmt::format("{} ({})", file.path.string(), why));
      }
    }
    return reports;
  }

  void deliver(const files::RunFiles& run) {
    auto reports = read_reports(run);
    if (!reports || reports->empty()) return;
    Delivery delivery = delivery_to_server();
    delivery.coordinates = coordinates_of(*reports, options_.coordinates, options_.stated_only, variables_);
    // Files of other jobs than this one: the CI's run is not theirs.
    if (is_backlog()) delivery.coordinates.run_key = options_.coordinates.run_key;
    delivery.format = options_.format;
    const bool is_form = reports->size() > 1 || run.front().found_by == files::FoundBy::criterion;
    delivery.content_type = content_type_of(reports->front().bytes);
    const std::string body = is_form ? form_body(*reports, delivery) : std::move(reports->front().bytes);
    const std::string name = is_form ? fmt::format("{} files", reports->size()) : run.front().path.string();
    const auto result = uploader_.deliver(delivery, body);
    if (!result) {
      failures_in_a_row_ = result.error().lasting ? 0 : failures_in_a_row_ + 1;
      std::string why = as_sentence(result.error().message);
      // The runs of a backlog are not spooled: they are on disk already, and the same command uploads them again.
      if (!is_form && !is_backlog())
        why += " " + spool_undelivered(delivery, result.error(), body, name, options_.spool);
      fail(name, why);
      return;
    }
    failures_in_a_row_ = 0;
    ++delivered_;
    if (result->already_stored) ++already_stored_;
    if (!is_backlog()) print_result(delivery, *result, name, progress_);
  }

  void fail(const std::string& name, const std::string& why) { failures_.push_back(fmt::format("{}: {}", name, why)); }

  void report_progress(double seconds) {
    if (!is_backlog()) return;
    if (on_terminal_) {
      progress_.show("uploading " + text::progress_text(done_, total_, seconds));
    } else if (done_ * plain_lines / total_ != (done_ - 1) * plain_lines / total_) {
      progress_.say(fmt::format("uploaded {} of {}", done_, total_));
    }
  }

  void report_totals() {
    for (const auto& failure : failures_)
      progress_.warn("upload failed: " + failure);
    if (!left_.empty()) progress_.warn(files::describe_left(left_));
    if (delivered_ == 0 && failures_.empty()) progress_.warn("perftrend-runner: no report to upload");
    if (done_ < total_) {
      progress_.warn(fmt::format(
          "{} of {} were not tried because the last {} failed; run the same command again to continue from there",
          total_ - done_, total_, failures_in_a_row_max));
    }
    if (total_ > 1) {
      progress_.say(fmt::format("{} delivered ({} of them already stored), {} failed", delivered_, already_stored_,
                                failures_.size()));
    }
  }

  const UploadOptions& options_;
  const Variables& variables_;
  const bool on_terminal_;
  ProgressReporter progress_;
  Uploader uploader_;
  std::size_t total_ = 0, done_ = 0, delivered_ = 0, already_stored_ = 0, failures_in_a_row_ = 0;
  std::vector<std::string> failures_, left_;
};

}  // namespace

ExitCode upload(const UploadOptions& options, const Variables& variables) {
  return BacklogUpload(options, variables).run();
}

}  // namespace perftrend::runner
