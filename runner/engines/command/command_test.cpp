// Programs as child processes: how they end, and the errors and samples of each end.
#include "runner/engines/command/command.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "runner/engines/http/llama_server.h"

namespace perftrend::runner {
namespace {

using Kind = EngineError::Kind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr double patience_ms = 60'000;

CommandOptions shell(const std::string& script) {
  CommandOptions options;
  options.process.argv = {"sh", "-c", script};
  return options;
}

EngineResult<CommandRun> run(const CommandOptions& options) {
  SteadyClock clock;
  return Command(options, clock).run(3, 1);
}

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "perftrend-test-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// No time passes until `file` is written; then all of it has.
class UntilWritten final : public Clock {
 public:
  explicit UntilWritten(std::filesystem::path file) : file_(std::move(file)) {}
  [[nodiscard]] std::int64_t now_ns() const override {
    std::error_code missing;
    const auto bytes = std::filesystem::file_size(file_, missing);
    // From then on each reading is a millisecond later: a deadline that is set after the write is reached as well.
    return !missing && bytes > 0 ? (std::int64_t{1} << 60U) + ++looks_ * ns_per_ms_ : 0;
  }
  void sleep_ns(std::int64_t) override {}

 private:
  static constexpr std::int64_t ns_per_ms_ = 1'000'000;
  std::filesystem::path file_;
  mutable std::atomic<std::int64_t> looks_ = 0;
};

TEST(Command, EveryWrongEndIsAnErrorOfItsKind) {
  struct Case {
    const char* script;
    Kind kind;
    const char* message;
  };
  for (const auto& [script, kind, message] : std::vector<Case>{
           {R"(echo '{"prefill_ms":1}'; echo no model >&2; exit 3)", Kind::failed,
            "exit code 3; last output: no model"},
           {"exit 132", Kind::failed, "SIGILL"},
           {"kill -ILL $$", Kind::died, "killed by signal 4 (SIGILL)"},
           {R"(echo '{"prefill_ms":1}'; kill -KILL $$)", Kind::died, "SIGKILL"},
           {"true", Kind::bad_answer, "empty"},
           {"echo [", Kind::bad_answer, "line 1"},
       }) {
    const auto result = run(shell(script));
    ASSERT_FALSE(result.has_value()) << script;
    EXPECT_EQ(to_string(result.error().kind), to_string(kind)) << script;
    EXPECT_THAT(result.error().message, HasSubstr(message)) << script;
  }
  CommandOptions missing;
  missing.process.argv = {"no-such-program-anywhere"};
  EXPECT_EQ(run(missing).error().kind, Kind::unavailable);
  EXPECT_THAT(run(missing).error().message, HasSubstr("cannot be started"));
}

TEST(Command, ReadsItsOutputAndItsResourceUsage) {
  CommandOptions options;
  options.process.argv = {"printf", R"({"prefill_ms":%s,"total_ms":%s1})", "{repeats}", "{warmup}"};
  ASSERT_TRUE(repeats_by_itself(options));
  const auto result = run(options);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_THAT(result->output.cases.at(0).times_ms.at("prefill_ms"), ElementsAre(3.0));
  EXPECT_THAT(result->output.cases.at(0).times_ms.at("total_ms"), ElementsAre(11.0));
  EXPECT_GT(result->wall_ms, 0);
  EXPECT_GT(result->end.rss_kib_max, 0);
}

TEST(Command, NoShellReadsItsArguments) {
  CommandOptions options;
  options.process.argv = {"printf", "%s", R"({"case":"$(id) `id`; *","prefill_ms":1})"};
  EXPECT_EQ(run(options)->output.cases.at(0).name, "$(id) `id`; *");
  EXPECT_FALSE(repeats_by_itself(options));
}

TEST(Command, HasItsEnvironmentDirectoryAndOutputFile) {
  const TemporaryDirectory directory;
  CommandOptions options =
      shell(R"sh(printf '{"case":"%s in %s","prefill_ms":1}' "$MODEL" "$(pwd -P)" > "$0"; echo noise)sh");
  options.process.argv.emplace_back("{output}");
  options.process.environment["MODEL"] = "tiny model";
  options.process.directory = directory.path();
  options.output = "{output}";
  const auto result = run(options);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->output.cases.at(0).name, "tiny model in " + std::filesystem::canonical(directory.path()).string());
}

TEST(Command, AFileOfAnEarlierRunIsIgnored) {
  const TemporaryDirectory directory;
  std::ofstream(directory.path() / "junit.xml") << R"(<testsuite><testcase name="a" time="1"/></testsuite>)";
  CommandOptions options = shell("true");
  options.process.directory = directory.path();
  options.format = CommandFormat::junit;
  options.output = "junit.xml";
  EXPECT_THAT(run(options).error().message, HasSubstr("is from an earlier run"));
  options.output = "none.xml";
  EXPECT_THAT(run(options).error().message, HasSubstr("was not written"));
}

TEST(Command, AFailedTestIsAnErrorOfItsCaseAlone) {
  CommandOptions options = shell(
      R"(echo '<testsuite><testcase name="a" time="1"/><testcase name="b"><failure message="no"/></testcase></testsuite>'; exit 100)");
  options.format = CommandFormat::junit;
  const auto result = run(options);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_FALSE(result->output.cases.at(0).error.has_value());
  EXPECT_EQ(result->output.cases.at(1).error->kind, Kind::failed);
}

TEST(Command, ATimeOutEndsTheWholeGroup) {
  const TemporaryDirectory directory;
  const std::string alive = directory.path() / "alive";
  ASSERT_EQ(::mkfifo(alive.c_str(), S_IRUSR | S_IWUSR), 0);
  const int reader = ::open(alive.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  // Only these two programs hold the pipe open.
  CommandOptions options = shell("exec 3> alive; sleep 600 & echo $! > child; sleep 600");
  options.process.directory = directory.path();
  options.timeout_ms = 1;
  UntilWritten clock(directory.path() / "child");
  EXPECT_EQ(Command(options, clock).run(3, 1).error().kind, Kind::timed_out);
  EXPECT_GT(std::filesystem::file_size(directory.path() / "child"), 0U) << "the child had started";
  ASSERT_EQ(::fcntl(reader, F_SETFL, 0), 0);
  char byte = 0;
  EXPECT_EQ(::read(reader, &byte, 1), 0) << "ends when the last of the group has";
  ::close(reader);
}

TEST(ChildProcess, ThatIgnoresSigtermIsKilled) {
  SteadyClock clock;
  const TemporaryDirectory directory;
  auto child =
      ChildProcess::start({{"sh", "-c", "trap '' TERM; echo ready; while :; do sleep 600; done"}, {}, ""}, clock);
  ASSERT_TRUE(child.has_value());
  while (child->out().empty() && !child->wait(1)) {
  }
  EXPECT_FALSE(child->wait(0).has_value());
  EXPECT_EQ(child->stop(50).signal, SIGKILL);
  EXPECT_EQ(child->stop(50).signal, SIGKILL) << "idempotent";
}

TEST(AddRun, AppendsSamplesAndRetainsErrors) {
  CommandOutput sum;
  add_run(sum, *read_json_lines("{\"case\":\"a\",\"prefill_ms\":1}\n{\"case\":\"b\",\"prefill_ms\":1}"));
  add_run(sum, *read_json_lines("{\"case\":\"a\",\"prefill_ms\":2}\n{\"case\":\"b\",\"error\":\"no\"}"));
  EXPECT_THAT(sum.cases.at(0).times_ms.at("prefill_ms"), ElementsAre(1, 2));
  EXPECT_TRUE(sum.cases.at(1).error.has_value());
}

/// An engine that the runner starts: `script` instead of a server.
EngineError opening(const std::string& script, double ready_timeout_ms = patience_ms) {
  SteadyClock clock;
  LlamaServerOptions options;
  options.url = "http://127.0.0.1:1";  // nothing listens on tcpmux
  options.start.emplace();
  options.start->process.argv = {"sh", "-c", script};
  options.start->ready_timeout_ms = ready_timeout_ms;
  LlamaServerEngine engine(options, clock);
  const auto opened = engine.open(patience_ms);
  return opened ? EngineError{} : opened.error();
}

TEST(StartedServer, ThatDiesIsReportedAsSuch) {
  const EngineError killed = opening("echo loading >&2; kill -ILL $$");
  EXPECT_EQ(killed.kind, Kind::died);
  EXPECT_EQ(killed.message, "the engine ended: killed by signal 4 (SIGILL); last output: loading");
  const EngineError ended = opening("echo failed to load model >&2; exit 1");
  EXPECT_EQ(ended.kind, Kind::unavailable);
  EXPECT_EQ(ended.message, "the engine ended: exit code 1; last output: failed to load model");
  EXPECT_EQ(opening("sleep 600", 100).kind, Kind::timed_out);
}

}  // namespace
}  // namespace perftrend::runner
