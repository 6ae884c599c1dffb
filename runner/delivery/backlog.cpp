#include "runner/delivery/backlog.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <system_error>

#include "core/junit/junit_writer.h"
#include "runner/delivery/delivery.h"
#include "runner/show/progress.h"

namespace perftrend::runner {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t bar_cells = 30;
constexpr std::size_t plain_lines = 10;

/// What a directory is searched for. The server tells what a file is by its bytes.
bool is_report_name(std::string_view name) {
  constexpr std::array<std::string_view, 10> ends = {".xml",    ".json",    ".jsonl", ".zip", ".tar",
                                                     ".tar.gz", ".tar.zst", ".tgz",   ".gz",  ".zst"};
  if (name.starts_with("._")) return false;  // what macOS puts beside every file
  return std::any_of(ends.begin(), ends.end(), [&](auto end) { return name.ends_with(end); });
}

std::vector<fs::path> reports_in(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (auto at = fs::recursive_directory_iterator(directory, failed);
       !failed && at != fs::recursive_directory_iterator(); at.increment(failed)) {
    if (at->is_regular_file() && is_report_name(at->path().filename().string())) files.push_back(at->path());
  }
  if (failed) files.push_back(directory);  // which then cannot be read: said with all other failures
  std::sort(files.begin(), files.end());
  return files;
}

std::optional<std::string> read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (!in.is_open() || in.bad() || bytes.empty()) return std::nullopt;
  return bytes;
}

/// For the server a courtesy: it looks at the bytes. CTest's own XML is told by --format.
std::string content_type_of(std::string_view bytes) {
  const auto first = bytes.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  const char begin = first == std::string_view::npos ? '\0' : bytes[first];
  if (begin == '<') return "application/xml";
  if (begin == '{' || begin == '[') return "application/json";
  return "application/octet-stream";
}

/// The command and what has come of it so far.
class Backlog {
 public:
  Backlog(const UploadOptions& options, const Variables& variables)
      : options_(options),
        variables_(variables),
        on_terminal_(::isatty(STDERR_FILENO) == 1 && value_of(variables, "TERM") != "dumb"),
        progress_(on_terminal_ ? Progress::Style::terminal : Progress::Style::plain, stderr),
        courier_(courier_to(options.server, progress_)) {}

  ExitCode upload() {
    const auto runs = find_runs(options_.files, options_.one_run);
    total_ = runs.size();
    const auto began = std::chrono::steady_clock::now();
    for (const auto& run : runs) {
      if (unanswered_ == failures_in_a_row_max) break;
      deliver_run(run);
      ++done_;
      tell_how_far(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
    }
    if (delivered_ > 0) catch_up_and_tell(courier_, delivery_to_server(), options_.spool, progress_);
    sum_up();
    return failures_.empty() && done_ == total_ && total_ > 0 ? ExitCode::ok : ExitCode::not_delivered;
  }

 private:
  [[nodiscard]] bool is_backlog() const { return total_ > told_runs_max; }
  [[nodiscard]] Delivery delivery_to_server() const {
    return {.server = options_.server, .project = options_.project, .token = options_.token, .coordinates = {}};
  }

  void deliver_run(const RunFiles& files) {
    std::vector<std::string> reports;
    for (const auto& file : files) {
      auto bytes = read_file(file);
      if (!bytes) {
        fail(file.string(), "cannot be read or is empty");
        return;
      }
      reports.push_back(std::move(*bytes));
    }
    Delivery delivery = delivery_to_server();
    delivery.coordinates = coordinates_of(reports, options_.coordinates, options_.stated_only, variables_);
    delivery.format = options_.format;
    delivery.content_type = content_type_of(reports.front());
    std::string body;
    if (files.size() == 1) {
      body = std::move(reports.front());
    } else {
      std::vector<FormFile> form;
      for (std::size_t i = 0; i < files.size(); ++i)
        form.push_back({files[i].filename().string(), std::move(reports[i])});
      body = form_body(form, delivery);
    }
    const std::string name = files.size() == 1 ? files.front().string() : fmt::format("{} files", files.size());
    const auto receipt = courier_.deliver(delivery, body);
    if (!receipt) {
      unanswered_ = receipt.error().lasting ? 0 : unanswered_ + 1;
      std::string why = as_sentence(receipt.error().message);
      // Thousands have their place on the disk already, and the same command delivers them.
      if (files.size() == 1 && !is_backlog()) why += " " + kept(delivery, receipt.error(), body, name, options_.spool);
      fail(name, why);
      return;
    }
    unanswered_ = 0;
    ++delivered_;
    if (receipt->known_before) ++known_;
    if (!is_backlog()) print_result(delivery, *receipt, name, progress_);
  }

  void fail(const std::string& name, const std::string& why) { failures_.push_back(fmt::format("{}: {}", name, why)); }

  void tell_how_far(double seconds) {
    if (!is_backlog()) return;
    if (on_terminal_) {
      progress_.show("uploading " + bar_text(done_, total_, seconds));
    } else if (done_ * plain_lines / total_ != (done_ - 1) * plain_lines / total_) {
      progress_.say(fmt::format("uploaded {} of {}", done_, total_));
    }
  }

  void sum_up() {
    for (const auto& failure : failures_)
      progress_.warn("upload failed: " + failure);
    if (total_ == 0) progress_.warn("perftrend-runner: there is no report to upload");
    if (done_ < total_) {
      progress_.warn(
          fmt::format("{} of {} were not tried, as nobody took the last {}: the same command goes on from "
                      "there",
                      total_ - done_, total_, failures_in_a_row_max));
    }
    if (total_ > 1) {
      progress_.say(
          fmt::format("{} delivered, of which {} were known before; {} failed", delivered_, known_, failures_.size()));
    }
  }

  const UploadOptions& options_;
  const Variables& variables_;
  const bool on_terminal_;
  Progress progress_;
  Uploader courier_;
  std::size_t total_ = 0, done_ = 0, delivered_ = 0, known_ = 0, unanswered_ = 0;
  std::vector<std::string> failures_;
};

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
  // Half of a place from the report and half from the environment would be a place that never was.
  const bool is_placed = !at.commit.empty() || !at.branch.empty();
  if (stated_only || is_placed) return at;
  return complete_coordinates(std::move(at), variables, ask_no_git, "");
}

std::string bar_text(std::size_t done, std::size_t total, double seconds) {
  const std::size_t full = total == 0 ? bar_cells : done * bar_cells / total;
  const double left = done == 0 ? 0 : seconds / static_cast<double>(done) * static_cast<double>(total - done);
  return fmt::format("[{}{}] {} of {}, {:.0f} s left", std::string(full, '#'), std::string(bar_cells - full, '.'), done,
                     total, left);
}

ExitCode upload_files(const UploadOptions& options, const Variables& variables) {
  return Backlog(options, variables).upload();
}

}  // namespace perftrend::runner
