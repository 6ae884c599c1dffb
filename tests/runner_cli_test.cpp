// perftrend-runner from outside: the built program, its exit codes, what it prints, writes and sends.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pugixml.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::string runner = PERFTREND_BIN_DIR "/perftrend-runner";
const std::string batch_prefill = PERFTREND_SOURCE_DIR "/runner/scenarios/batch_prefill.toml";
using Environment = std::map<std::string, std::string>;

std::string read_all(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Ended {
  int code = -1;  ///< exit code; 128 + signal when killed
  std::string out, err;
};

/// In the child: output into files, and on to `program`.
[[noreturn]] void become(const std::string& program, const fs::path& directory, std::vector<char*>& argv,
                         std::vector<char*>& envp) {
  constexpr mode_t private_file = 0600;
  const int out = ::open((directory / ".out").c_str(), O_WRONLY | O_CREAT | O_TRUNC, private_file);
  const int err = ::open((directory / ".err").c_str(), O_WRONLY | O_CREAT | O_TRUNC, private_file);
  if (out >= 0 && err >= 0 && ::dup2(out, 1) == 1 && ::dup2(err, 2) == 2 && ::chdir(directory.c_str()) == 0) {
    ::execve(program.c_str(), argv.data(), envp.data());
  }
  ::_exit(127);
}

Ended execute(const std::string& program, const fs::path& directory, std::vector<std::string> arguments,
              const Environment& environment) {
  arguments.insert(arguments.begin(), program);
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment) {
    variables.push_back(name);
    variables.back().append("=").append(value);
  }
  std::vector<char*> argv, envp;
  for (auto& argument : arguments)
    argv.push_back(argument.data());
  for (auto& variable : variables)
    envp.push_back(variable.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) become(program, directory, argv, envp);
  int status = 0;
  ::waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_all(directory / ".out"),
          read_all(directory / ".err")};
}

class RunnerCli : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "perftrend-cli-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { fs::remove_all(directory_); }

  [[nodiscard]] Ended call(std::vector<std::string> arguments, Environment more = {}) const {
    Environment environment{{"PATH", "/usr/bin:/bin"}, {"GIT_CEILING_DIRECTORIES", "/"}};
    environment.merge(more);
    return execute(runner, directory_, std::move(arguments), environment);
  }
  /// The batch-prefill scenario on a mock that hardly sleeps, few repeats, report in out.xml.
  [[nodiscard]] Ended run(const std::vector<std::string>& more = {}, const Environment& environment = {}) const {
    std::vector<std::string> arguments{"run",
                                       batch_prefill,
                                       "--mock-tokenize-ms",
                                       "0.3",
                                       "--mock-prefill-ms",
                                       "6",
                                       "--repeats",
                                       "2",
                                       "--warmup",
                                       "0",
                                       "--out",
                                       "out.xml"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return call(arguments, environment);
  }
  [[nodiscard]] Ended measure(const std::vector<std::string>& more = {}, Environment environment = {}) const {
    environment["RUN_PERF_TESTS"] = "1";
    return run(more, environment);
  }
  [[nodiscard]] pugi::xml_document report(const char* file = "out.xml") const {
    pugi::xml_document document;
    EXPECT_TRUE(document.load_file((directory_ / file).c_str())) << file;
    return document;
  }
  [[nodiscard]] std::string suite_property(const std::string& name) const {
    const auto document = report();
    return document.select_node(("/testsuites/testsuite/properties/property[@name='" + name + "']/@value").c_str())
        .attribute()
        .value();
  }
  [[nodiscard]] std::string write(const char* file, const std::string& text) const {
    std::ofstream(directory_ / file) << text;
    return (directory_ / file).string();
  }

  fs::path directory_;
};

TEST_F(RunnerCli, WithoutBeingAskedItChecksFunctionAndSkipsTiming) {
  const Ended ended = run();
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.out, "") << "nothing was measured, so there is no summary";
  EXPECT_THAT(ended.err, HasSubstr("functional: passed"));
  EXPECT_THAT(ended.err, Not(HasSubstr("PERF-WARNING")));
  const auto document = report();
  EXPECT_STREQ(document.child("testsuites").attribute("tests").value(), "2");
  EXPECT_STREQ(document.child("testsuites").attribute("skipped").value(), "1");
  const std::string message = document.select_node("//skipped/@message").attribute().value();
  EXPECT_THAT(message, HasSubstr("RUN_PERF_TESTS=1 perftrend-runner run " + batch_prefill));
  EXPECT_TRUE(document.select_nodes("//testcase/properties").empty());
}

TEST_F(RunnerCli, AnyOtherValueOfRunPerfTestsSkipsToo) {
  EXPECT_EQ(run({}, {{"RUN_PERF_TESTS", "0"}}).code, 0);
  EXPECT_FALSE(report().select_nodes("//skipped").empty());
}

TEST_F(RunnerCli, MeasuresThreePromptsAndKeepsEverySample) {
  const Ended ended = measure({"--testbed", "bed", "--branch", "main", "--commit", "c0ffee", "--started-at",
                               "2026-11-23T03:00:00+01:00", "--commit-time", "2026-11-23T01:00:00Z"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  const auto document = report();
  for (const char* measure :
       {"tokenize_ms", "prefill_ms", "generate_ms", "total_ms", "prompt_tokens", "generated_tokens"}) {
    for (const char* prompt : {"0", "1", "2"}) {
      const std::string name = std::string(measure) + "[Prompt " + prompt + "]";
      const std::string query =
          "//testcase[@name='performance_consistency']/properties/property[@name='" + name + "']/@value";
      std::istringstream values(document.select_node(query.c_str()).attribute().value());
      const std::vector<double> samples{std::istream_iterator<double>(values), {}};
      EXPECT_EQ(samples.size(), 2U) << name;
      for (const double sample : samples)
        EXPECT_GT(sample, 0) << name;
    }
  }
  const std::string out = document.select_node("//system-out").node().text().get();
  EXPECT_THAT(out, testing::ContainsRegex("Prompt 0: prefill = [0-9]+\\.[0-9][0-9]ms\n"));
  EXPECT_THAT(out, testing::ContainsRegex("Prompt 2: tokenize = [0-9]+\\.[0-9][0-9]ms\n"));
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("Prompt 0  \"Short\"  5 tokens in, 2 out\n  tokenize"), HasSubstr("Prompt 2")));
  EXPECT_EQ(std::count(ended.out.begin(), ended.out.end(), '\n'), 9) << "three lines for each prompt";
  EXPECT_EQ(ended.out.find('\x1b'), std::string::npos) << "colours into a file";
  EXPECT_EQ(ended.err.find('\x1b'), std::string::npos);
  EXPECT_EQ(suite_property("perftrend.schema"), "1");
  EXPECT_EQ(suite_property("perftrend.testbed"), "bed");
  EXPECT_EQ(suite_property("perftrend.branch"), "main");
  EXPECT_EQ(suite_property("perftrend.commit"), "c0ffee");
  EXPECT_EQ(suite_property("perftrend.started_at"), "2026-11-23T02:00:00Z");
  EXPECT_EQ(suite_property("perftrend.commit_time"), "2026-11-23T01:00:00Z");
  EXPECT_EQ(suite_property("environment.engine"), "mock");
  EXPECT_EQ(suite_property("measure.rounds"), "2");
  EXPECT_EQ(suite_property("measure.ended_by"), "repeats");
  EXPECT_EQ(suite_property("measure.nonce"), "false");
  EXPECT_GT(std::stod(suite_property("machine.harness_overhead_us")), 0);
  EXPECT_STREQ(document.select_node("//testsuite/@timestamp").attribute().value(), "2026-11-23T02:00:00Z");
}

TEST_F(RunnerCli, ABusyMachineIsWaitedForAndThenSkippedWithoutFailure) {
  const std::string scenario =
      write("s.toml", "name = 's'\nprompts = ['y']\nrepeats = 2\n[fitness]\nothers_per_core_max = 0.0001\n");
  std::atomic<bool> stop{false};
  std::thread busy([&] {
    while (!stop.load(std::memory_order_relaxed)) {
    }
  });
  const std::vector<std::string> arguments{"run", scenario, "--mock-prefill-ms", "1", "--out", "out.xml"};
  auto required = arguments;
  required.insert(required.end(), {"--require-quiet", "--wait-quiet", "2s"});
  const Ended skipped = call(required, {{"RUN_PERF_TESTS", "1"}});
  const std::string why = report().select_node("//skipped/@message").attribute().value();
  const Ended measured = call(arguments, {{"RUN_PERF_TESTS", "1"}});
  stop = true;
  busy.join();
  EXPECT_EQ(skipped.code, 0);
  EXPECT_THAT(skipped.err, testing::ContainsRegex("waiting for a quiet machine, [0-9]+ s left: [^\n]*other threads"));
  EXPECT_THAT(why, AllOf(StartsWith("not measured: the machine is "), HasSubstr("other threads were running")));
  EXPECT_EQ(measured.code, 0) << "noise is no failure either";
  EXPECT_TRUE(report().select_nodes("//skipped").empty());
  EXPECT_THAT(suite_property("perftrend.suspect"), HasSubstr("other threads were running"));
  EXPECT_THAT(suite_property("machine.verdict"), testing::AnyOf("noisy", "unfit"));
}

TEST_F(RunnerCli, ASlowMockIsWarnedAboutAndNoFailure) {
  const Ended ended = measure({"--mock-tokenize-ms", "23"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.err,
              testing::ContainsRegex("PERF-WARNING: Prompt 2 tokenize time [0-9.]+ms is outside 0\\.2-20 ms"));
  EXPECT_THAT(ended.err, HasSubstr("This is not a failure"));
  const auto document = report();
  EXPECT_STREQ(document.child("testsuites").attribute("failures").value(), "0");
  EXPECT_THAT(document.select_node("//system-err").node().text().get(), StartsWith("PERF-WARNING: Prompt 0 tokenize"));
}

TEST_F(RunnerCli, TheReferenceEngineReallyComputes) {
  const Ended ended = measure({"--engine", "reference"}, {{"BITNET_SEED", "7"}});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(suite_property("environment.engine_seed"), "7");
  EXPECT_STREQ(report().select_node("//testcase/@classname").attribute().value(), "batch_prefill.reference");
}

TEST_F(RunnerCli, AFunctionalFailureIsOneAndNothingIsMeasured) {
  for (const char* fault : {"empty_text", "no_tokens", "lossy_decode", "accepts_unknown_tokens", "no_recovery",
                            "prefill_beyond_total", "not_deterministic"}) {
    const Ended ended = measure({"--mock-fault", fault});
    EXPECT_EQ(ended.code, 1) << fault;
    EXPECT_THAT(ended.err, HasSubstr("functional: FAILED")) << fault;
    const auto document = report();
    EXPECT_STREQ(document.child("testsuites").attribute("failures").value(), "1") << fault;
    EXPECT_STREQ(document.select_node("//skipped/@message").attribute().value(),
                 "not measured: the functional case did not pass");
  }
}

TEST_F(RunnerCli, AnEngineThatCannotBeOpenedIsAnError) {
  const Ended ended = measure({"--mock-fault", "unavailable"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("functional: ERROR (engine:unavailable), the mock engine was told to fail"));
  EXPECT_STREQ(report().select_node("//error/@type").attribute().value(), "engine:unavailable");
}

TEST_F(RunnerCli, AnEngineThatDiesWhileMeasuredIsAnErrorWithoutValues) {
  const Ended ended = measure({"--mock-fault", "dies_measuring", "--repeats", "9"});
  EXPECT_EQ(ended.code, 0) << "the functional case passed";
  const auto document = report();
  const auto timing = document.select_node("//testcase[@name='performance_consistency']").node();
  EXPECT_STREQ(timing.child("error").attribute("type").value(), "engine:unavailable");
  EXPECT_TRUE(timing.child("properties").empty());
}

TEST_F(RunnerCli, UsageMistakesAreTwo) {
  struct Case {
    std::vector<std::string> arguments;
    std::string expected;
  };
  const std::string broken = write("broken.toml", "name = 'x'\nprompts = ['y']\nrepeat = 3\n");
  for (const auto& [arguments, expected] : std::vector<Case>{
           {{}, "see perftrend-runner --help"},
           {{"run"}, "SCENARIO is required"},
           {{"run", "missing.toml"}, "perftrend-runner: missing.toml: cannot be read\n"},
           {{"run", broken}, "perftrend-runner: " + broken + ":3:1: unknown key 'repeat'"},
           {{"run", batch_prefill, "--engine", "gpu"}, "gpu"},
           {{"upload", "x.xml"}, "the server is missing"},
       }) {
    const Ended ended = call(arguments);
    EXPECT_EQ(ended.code, 2) << expected;
    EXPECT_THAT(ended.err, HasSubstr(expected));
    EXPECT_EQ(ended.out, "");
  }
  EXPECT_EQ(call({"--help"}).code, 0);
  EXPECT_EQ(call({"--version"}).out, "perftrend-runner " PERFTREND_VERSION "\n");
}

TEST_F(RunnerCli, AReportThatCannotBeWrittenIsThree) {
  const Ended ended = run({"--out", "no/such/directory/out.xml"});
  EXPECT_EQ(ended.code, 3);
  EXPECT_EQ(ended.err,
            "perftrend-runner: the report could not be written: no/such/directory/out.xml: No such file or directory; "
            "nothing was measured\n");
}

TEST_F(RunnerCli, TheReportHasTheScenariosNameWhereNoneIsGiven) {
  const std::string scenario = write("s.toml", "name = 'night'\nprompts = ['y']\n");
  EXPECT_EQ(call({"run", scenario, "--mock-prefill-ms", "0"}).code, 0);
  EXPECT_TRUE(fs::exists(directory_ / "night.junit.xml"));
}

TEST_F(RunnerCli, JsonForProgramsAndMarkdownForGitHub) {
  const std::string page = write("page.md", "before\n");
  const Ended ended = measure({"--format", "json", "--mock-prefill-ms", "1"},
                              {{"GITHUB_STEP_SUMMARY", page}, {"GITHUB_ACTIONS", "true"}});
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.out, AllOf(StartsWith(R"({"scenario":"batch_prefill","engine":"mock","report":"out.xml",)"),
                               HasSubstr(R"("prompt":"Short","prompt_tokens":5)"), testing::EndsWith("}\n")));
  EXPECT_EQ(std::count(ended.out.begin(), ended.out.end(), '\n'), 1);
  EXPECT_THAT(ended.err, HasSubstr("\n::warning title=perftrend::PERF-WARNING: Prompt 0 prefill time "));
  EXPECT_THAT(ended.err, Not(HasSubstr("\nPERF-WARNING")));
  EXPECT_THAT(read_all(page), AllOf(StartsWith("before\n### batch\\_prefill on mock\n"),
                                    HasSubstr("| 0 | Short | prefill | "), HasSubstr("- PERF-WARNING: Prompt 0")));
}

TEST_F(RunnerCli, QuietPrintsWarningsOnly) {
  EXPECT_EQ(run({"--quiet"}).err, "");
  const Ended ended = measure({"--quiet", "--mock-prefill-ms", "1"});
  EXPECT_EQ(ended.out, "");
  std::istringstream lines(ended.err);
  for (std::string line; std::getline(lines, line);)
    EXPECT_THAT(line, StartsWith("PERF-WARNING: "));
}

TEST_F(RunnerCli, EveryReportIsValidBySchema) {
  std::vector<std::string> arguments{"--noout", "--schema", PERFTREND_SOURCE_DIR "/schema/junit.xsd"};
  const auto keep = [&](const char* name) {
    fs::rename(directory_ / "out.xml", directory_ / name);
    arguments.emplace_back(name);
  };
  EXPECT_EQ(run().code, 0);
  keep("skipped.xml");
  EXPECT_EQ(measure().code, 0);
  keep("measured.xml");
  EXPECT_EQ(measure({"--mock-prefill-ms", "1", "--engine", "mock"}).code, 0);
  keep("warned.xml");
  EXPECT_EQ(measure({"--engine", "reference"}).code, 0);
  keep("reference.xml");
  EXPECT_EQ(measure({"--mock-fault", "no_tokens"}).code, 1);
  keep("failed.xml");
  EXPECT_EQ(measure({"--mock-fault", "unavailable"}).code, 1);
  keep("error.xml");
  EXPECT_EQ(measure({"--mock-fault", "dies_measuring", "--repeats", "9"}).code, 0);
  keep("died.xml");
  ASSERT_TRUE(fs::exists("/usr/bin/xmllint")) << "install libxml2-utils";
  const Ended valid = execute("/usr/bin/xmllint", directory_, arguments, {});
  EXPECT_EQ(valid.code, 0) << valid.err;
  // The schema does refuse: a time that is no number.
  std::string xml = read_all(directory_ / "measured.xml");
  xml.replace(xml.find(" time=\""), 7, " time=\"x");
  arguments.push_back(write("wrong.xml", xml));
  EXPECT_NE(execute("/usr/bin/xmllint", directory_, arguments, {}).code, 0);
}

// ------------------------------------------------------------------------------------------------------------ upload

/// A server in this process on a free port of the loopback; answers every POST as told and keeps what it got.
class TinyServer {
 public:
  explicit TinyServer(std::unique_ptr<httplib::Server> server = std::make_unique<httplib::Server>())
      : server_(std::move(server)) {
    server_->Post("(.*)", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      response.status = status;
      response.set_content(answer, "application/json");
    });
    port_ = server_->bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    while (!server_->is_running())
      std::this_thread::yield();  // stop() before it runs would be forgotten
  }
  ~TinyServer() {
    server_->stop();
    thread_.join();
  }
  TinyServer(const TinyServer&) = delete;
  TinyServer& operator=(const TinyServer&) = delete;

  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::string url() const { return "http://" + address(); }
  [[nodiscard]] std::vector<httplib::Request> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  std::atomic<int> status{201};
  std::string answer = R"({"id": 7, "points": 12, "findings": [], "warnings": []})";  ///< set before the first request

 private:
  std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  std::thread thread_;
  std::mutex mutex_;
  std::vector<httplib::Request> requests_;
};

TEST_F(RunnerCli, UploadsWhatItWrote) {
  TinyServer server;
  const Ended ended = measure({"--upload", server.url(), "--branch", "b", "--commit", "c", "--testbed", "t"},
                              {{"PERFTREND_TOKEN", "s3cret"}});
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.err, HasSubstr("uploaded out.xml to " + server.url() + ": run 7, 12 points\n"));
  EXPECT_THAT(ended.err + ended.out, Not(HasSubstr("s3cret")));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].path, "/api/v1/projects/batch_prefill/runs");
  EXPECT_EQ(requests[0].body, read_all(directory_ / "out.xml"));
  EXPECT_EQ(requests[0].get_header_value("Authorization"), "Bearer s3cret");
  EXPECT_EQ(requests[0].get_param_value("branch"), "b");
  EXPECT_EQ(requests[0].get_param_value("commit"), "c");
  EXPECT_EQ(requests[0].get_param_value("testbed"), "t");
  EXPECT_EQ(requests[0].get_param_value("started_at"), suite_property("perftrend.started_at"));
}

TEST_F(RunnerCli, FindingsOfTheServerAreWarningsAndNoFailure) {
  TinyServer server;
  server.answer = R"({"id": 7, "points": 12, "findings": [{"explanation": "prefill is 40 % slower"}]})";
  const Ended ended = run({"--upload", server.url(), "--project", "other"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.err, HasSubstr("PERF-WARNING: prefill is 40 % slower\n"));
  EXPECT_EQ(server.requests().at(0).path, "/api/v1/projects/other/runs");
}

TEST_F(RunnerCli, AServerThatIsAwayCostsNothingButALine) {
  std::string url;
  {
    const TinyServer gone;
    url = gone.url();
  }
  const Ended passed = run({}, {{"PERFTREND_URL", url}});
  EXPECT_EQ(passed.code, 0);
  EXPECT_THAT(passed.err,
              AllOf(HasSubstr("upload failed: " + url + ": no answer ("),
                    HasSubstr("The report is kept in out.xml; deliver it later with: perftrend-runner upload "
                              "out.xml --url " +
                              url + " --project batch_prefill\n")));
  EXPECT_STREQ(report().child("testsuites").attribute("tests").value(), "2");
  EXPECT_EQ(run({"--upload", url, "--mock-fault", "no_tokens"}).code, 1) << "the exit code is that of the function";
}

TEST_F(RunnerCli, AReportWaitsForTheServerAndTheNextUploadDeliversIt) {
  const std::string spool = (directory_ / "state/spool").string();
  TinyServer server;
  server.status = 503;
  const Environment token{{"PERFTREND_TOKEN", "s3cret"}};
  const Ended away = run({"--upload", server.url(), "--spool", spool, "--branch", "first"}, token);
  EXPECT_EQ(away.code, 0);
  EXPECT_THAT(away.err, HasSubstr("The report is kept in out.xml and waits in " + spool +
                                  ": the next upload to this server delivers it\n"));
  const std::string first = read_all(directory_ / "out.xml");
  ASSERT_EQ(std::distance(fs::directory_iterator(spool), {}), 1);
  EXPECT_THAT(read_all(fs::directory_iterator(spool)->path()), Not(HasSubstr("s3cret")));

  server.status = 201;
  const Ended back = run({"--upload", server.url(), "--spool", spool, "--branch", "second"}, token);
  EXPECT_THAT(back.err, HasSubstr("delivered 1 reports that had waited in " + spool + "; 0 still wait\n"));
  EXPECT_TRUE(fs::is_empty(spool));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 5U) << "three attempts, its own, the one that waited";
  EXPECT_EQ(requests[3].get_param_value("branch"), "second");
  EXPECT_EQ(requests[4].body, first);
  EXPECT_EQ(requests[4].target, requests[0].target);
  EXPECT_EQ(requests[4].get_header_value("Idempotency-Key"), requests[0].get_header_value("Idempotency-Key"));
  EXPECT_EQ(requests[4].get_header_value("Authorization"), "Bearer s3cret");
}

TEST_F(RunnerCli, ARefusalKeepsTheFileToo) {
  TinyServer server;
  server.status = 401;
  server.answer = R"({"title": "Unauthorized", "detail": "a token is needed"})";
  const Ended ended = run({"--upload", server.url()});
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.err, HasSubstr("answered 401: a token is needed. The report is kept in out.xml"));
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(RunnerCli, UploadDeliversLaterAndSaysWhatItCouldNot) {
  TinyServer server;
  ASSERT_EQ(run({"--branch", "b", "--upload", server.url()}).code, 0);
  const Ended good = call({"upload", "out.xml", "--url", server.url(), "--project", "batch_prefill"});
  EXPECT_EQ(good.code, 0) << good.err;
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[1].body, read_all(directory_ / "out.xml"));
  EXPECT_EQ(requests[1].get_param_value("branch"), "b");
  EXPECT_EQ(requests[1].target, requests[0].target) << "or the server would take it for another run";
  const Ended bad = call({"upload", "missing.xml", "out.xml", "--url", server.url(), "--project", "p"});
  EXPECT_EQ(bad.code, 4);
  EXPECT_THAT(bad.err, HasSubstr("missing.xml: cannot be read or is empty"));
  EXPECT_EQ(server.requests().size(), 3U) << "the other file was delivered all the same";
}

TEST_F(RunnerCli, UploadSendsAnyBytesAndSaysWhereTheyBelong) {
  TinyServer server;
  const std::string zip = write("r.zip", std::string("PK\x03\x04\0\xff", 6));
  const std::string json = write("r.json", R"({"results": []})");
  const std::vector<std::string> to = {"--url", server.url(), "--project", "p"};
  const auto upload = [&](std::vector<std::string> arguments, const Environment& variables = {}) {
    arguments.insert(arguments.begin(), "upload");
    arguments.insert(arguments.end(), to.begin(), to.end());
    return call(arguments, variables);
  };
  EXPECT_EQ(upload({zip, json}, {{"CI_COMMIT_SHA", "c9"}}).code, 0);
  EXPECT_EQ(upload({json, "--format", "ctest", "--branch", "b", "--stated-only"}, {{"CI_COMMIT_SHA", "c9"}}).code, 0);
  EXPECT_EQ(upload({zip, json, "--one-run"}).code, 0);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 4U);
  EXPECT_EQ(requests[0].body, read_all(zip));
  EXPECT_EQ(requests[0].get_header_value("Content-Type"), "application/octet-stream");
  EXPECT_EQ(requests[0].target, "/api/v1/projects/p/runs?commit=c9");
  EXPECT_EQ(requests[1].get_header_value("Content-Type"), "application/json");
  EXPECT_EQ(requests[2].target, "/api/v1/projects/p/runs?branch=b&format=ctest");
  ASSERT_EQ(requests[3].files.size(), 2U);
  for (const auto& [field, file] : requests[3].files)
    EXPECT_EQ(file.content, read_all(directory_ / file.filename)) << file.filename;
}

std::string report_path(int number) {
  return "reports/" + std::to_string(number / 10) + std::to_string(number % 10) + ".xml";
}

TEST_F(RunnerCli, UploadOfManyTellsHowFarItIsAndWhatFailed) {
  TinyServer server;
  fs::create_directories(directory_ / "reports");
  for (int i = 0; i < 30; ++i)
    (void)write(report_path(i).c_str(), i == 7 ? "" : "<testsuite name='s" + std::to_string(i) + "'/>");
  const Ended ended = call({"upload", "reports", "--url", server.url(), "--project", "p"});
  EXPECT_EQ(ended.code, 4);
  EXPECT_EQ(server.requests().size(), 29U);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("uploaded 3 of 30\n"), HasSubstr("uploaded 30 of 30\n"),
                               Not(HasSubstr("run 7, 12 points")), Not(HasSubstr("\r"))));
  EXPECT_THAT(ended.err, ::testing::EndsWith("upload failed: reports/07.xml: cannot be read or is empty\n"
                                             "29 delivered, of which 0 were known before; 1 failed\n"));
  EXPECT_EQ(call({"upload", directory_.string() + "/none", "--url", server.url(), "--project", "p"}).code, 4);
}

TEST_F(RunnerCli, UploadOfManyStopsWhereNobodyTakesThem) {
  TinyServer server;
  server.status = 401;
  server.answer = R"({"detail": "a token is needed"})";
  fs::create_directories(directory_ / "reports");
  for (int i = 0; i < 30; ++i)
    (void)write(report_path(i).c_str(), "<testsuite name='s" + std::to_string(i) + "'/>");
  const std::string spool = (directory_ / "spool").string();
  const Ended ended = call({"upload", "reports", "--url", server.url(), "--project", "p", "--spool", spool});
  EXPECT_EQ(ended.code, 4);
  EXPECT_EQ(server.requests().size(), 3U);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("reports/02.xml: "), HasSubstr("answered 401: a token is needed"),
                               HasSubstr("27 of 30 were not tried")));
  EXPECT_FALSE(fs::exists(spool)) << "they lie on the disk already";
}

TEST_F(RunnerCli, UploadTakesAnyonesReport) {
  TinyServer server;
  const std::string file = write("other.xml", "<testsuite><testcase name='a'/></testsuite>");
  EXPECT_EQ(call({"upload", file, "--url", server.url(), "--project", "p"}).code, 0);
  EXPECT_EQ(server.requests().at(0).target, "/api/v1/projects/p/runs");
}

// --------------------------------------------------------------------------------------------------------------- TLS

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct Identity {
  std::unique_ptr<EVP_PKEY, FreeKey> key;
  std::unique_ptr<X509, FreeCertificate> certificate;
};

/// Self-signed, for 127.0.0.1 and an hour.
Identity self_signed() {
  constexpr long hour_s = 3600;
  Identity identity{std::unique_ptr<EVP_PKEY, FreeKey>(EVP_EC_gen("P-256")),
                    std::unique_ptr<X509, FreeCertificate>(X509_new())};
  X509* certificate = identity.certificate.get();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -hour_s);
  X509_gmtime_adj(X509_getm_notAfter(certificate), hour_s);
  X509_set_pubkey(certificate, identity.key.get());
  X509_NAME* name = X509_get_subject_name(certificate);
  const std::string host = "127.0.0.1";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(host.data()), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* alternative = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
  X509_add_ext(certificate, alternative, -1);
  X509_EXTENSION_free(alternative);
  X509_sign(certificate, identity.key.get(), EVP_sha256());
  return identity;
}

TEST_F(RunnerCli, HttpsWithACertificateOfNobodyIsRefusedAndATrustedOneIsNot) {
  const Identity identity = self_signed();
  TinyServer server(std::make_unique<httplib::SSLServer>(identity.certificate.get(), identity.key.get()));
  const std::string url = "https://" + server.address();
  const Ended refused = run({"--upload", url}, {{"PERFTREND_TOKEN", "s3cret"}});
  EXPECT_EQ(refused.code, 0);
  EXPECT_THAT(refused.err, HasSubstr("upload failed: " + url + ": its certificate is not trusted"));
  EXPECT_THAT(server.requests(), IsEmpty()) << "a token was sent to nobody knows whom";

  const fs::path trusted = directory_ / "trusted.pem";
  std::FILE* pem = std::fopen(trusted.c_str(), "w");
  ASSERT_NE(pem, nullptr);
  ASSERT_EQ(PEM_write_X509(pem, identity.certificate.get()), 1);
  ASSERT_EQ(std::fclose(pem), 0);
  const Ended sent = run({"--upload", url}, {{"SSL_CERT_FILE", trusted.string()}});
  EXPECT_THAT(sent.err, HasSubstr("run 7, 12 points")) << sent.err;
}

}  // namespace
