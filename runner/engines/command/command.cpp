#include "runner/engines/command/command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "core/files/read_file.h"

namespace perftrend::runner {
namespace {

using Kind = EngineError::Kind;
namespace fs = std::filesystem;

constexpr std::string_view output_placeholder = "{output}";

void replace_all(std::string& text, std::string_view from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// An empty file, removed by the destructor.
class OutputFile {
 public:
  OutputFile() : name_((fs::temp_directory_path() / "perftrend-output-XXXXXX").string()) {
    const int file = ::mkstemp(name_.data());
    if (file < 0) throw std::system_error(errno, std::generic_category(), name_);
    ::close(file);
  }
  ~OutputFile() { ::unlink(name_.c_str()); }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_;
};

/// Identity and last modification of a file; they differ between any two runs.
struct FileVersion {
  timespec at{};
  ino_t node = 0;
  off_t bytes = 0;
  bool operator==(const FileVersion& other) const {
    return at.tv_sec == other.at.tv_sec && at.tv_nsec == other.at.tv_nsec && node == other.node && bytes == other.bytes;
  }
};

std::optional<FileVersion> version_of(const std::string& file) {
  struct stat state {};
  if (::stat(file.c_str(), &state) != 0) return std::nullopt;
#ifdef __APPLE__
  return FileVersion{state.st_mtimespec, state.st_ino, state.st_size};
#else
  return FileVersion{state.st_mtim, state.st_ino, state.st_size};
#endif
}

auto error(Kind kind, std::string message) {
  return tl::unexpected(EngineError{kind, std::move(message)});
}

EngineResult<std::string> content_of(const std::string& file, const std::optional<FileVersion>& before) {
  const auto after = version_of(file);
  if (!after) return error(Kind::bad_answer, fmt::format("{} was not written", file));
  if (before && *before == *after) return error(Kind::bad_answer, fmt::format("{} is from an earlier run", file));
  if (after->bytes > static_cast<off_t>(output_bytes_max)) return error(Kind::bad_answer, file + " is too long");
  auto bytes = files::read_file(file);
  if (!bytes) return error(Kind::bad_answer, file + " cannot be read");
  return std::move(*bytes);
}

bool any_error(const CommandOutput& output) {
  return std::any_of(output.cases.begin(), output.cases.end(),
                     [](const CommandCase& each) { return each.error.has_value(); });
}

std::string with_last_line(const ProcessEnd& end, const ChildProcess& child) {
  const std::string err = child.err();
  const std::string line = last_line(err.empty() ? child.out() : err);
  return line.empty() ? to_string(end) : fmt::format("{}; last output: {}", to_string(end), line);
}

}  // namespace

bool repeats_by_itself(const CommandOptions& options) {
  return std::any_of(options.process.argv.begin(), options.process.argv.end(),
                     [](const std::string& argument) { return argument.find("{repeats}") != std::string::npos; });
}

EngineResult<CommandRun> Command::run(int repeats, int warmup) {
  const OutputFile own;
  ProcessOptions process = options_.process;
  for (std::string& argument : process.argv) {
    replace_all(argument, "{repeats}", std::to_string(repeats));
    replace_all(argument, "{warmup}", std::to_string(warmup));
    replace_all(argument, output_placeholder, own.name());
  }
  std::string file = options_.output;
  if (file == output_placeholder) file = own.name();
  if (!file.empty() && fs::path(file).is_relative()) file = (fs::path(process.directory) / file).string();
  const auto before = file.empty() ? std::nullopt : version_of(file);

  const std::int64_t start_ns = clock_.now_ns();
  auto child = ChildProcess::start(process, clock_);
  if (!child) return error(Kind::unavailable, child.error());
  const auto end = child->wait(options_.timeout_ms);
  const double wall_ms = elapsed_ms(start_ns, clock_.now_ns());
  if (!end) {
    constexpr double grace_ms = 2000;
    child->stop(grace_ms);
    return error(Kind::timed_out,
                 fmt::format("{} was stopped after {:.0f} ms", process.argv.front(), options_.timeout_ms));
  }
  if (end->signal != 0) return error(Kind::died, with_last_line(*end, *child));
  const auto text = file.empty() ? EngineResult<std::string>(child->out()) : content_of(file, before);
  auto output = text ? read_command_output(options_.format, *text) : tl::unexpected(text.error());
  // Test programs end with an exit code when a case failed; the report then contains the case's error.
  const bool is_reported = options_.format == CommandFormat::junit && output && any_error(*output);
  if (end->exit_code != 0 && !is_reported) return error(Kind::failed, with_last_line(*end, *child));
  if (!output) return tl::unexpected(std::move(output.error()));
  return CommandRun{std::move(*output), *end, wall_ms};
}

void add_run(CommandOutput& sum, const CommandOutput& run) {
  for (const CommandCase& each : run.cases) {
    const auto found = std::find_if(sum.cases.begin(), sum.cases.end(),
                                    [&](const CommandCase& known) { return known.name == each.name; });
    if (found == sum.cases.end()) {
      sum.cases.push_back(each);
      continue;
    }
    if (!found->error) found->error = each.error;
    found->skipped = found->skipped || each.skipped;
    if (found->message.empty()) found->message = each.message;
    for (const auto& [metric, samples] : each.times_ms) {
      auto& all = found->times_ms[metric];
      all.insert(all.end(), samples.begin(), samples.end());
    }
    found->prompt_tokens.insert(found->prompt_tokens.end(), each.prompt_tokens.begin(), each.prompt_tokens.end());
    found->generated_tokens.insert(found->generated_tokens.end(), each.generated_tokens.begin(),
                                   each.generated_tokens.end());
  }
  if (sum.parameters.empty()) sum.parameters = run.parameters;
}

}  // namespace perftrend::runner
