// Servers that the runner starts ([engine.start]): ready after a while, dying while loading or in the middle of an
// answer, or hanging. They must always be gone afterwards.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <pugixml.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "runner/engines/http/llama_server.h"
#include "runner/engines/http/openai.h"
#include "runner/system/process.h"
#include "tests/support/paths.h"
#include "tests/support/replay_server.h"

namespace perftrend {
namespace {

namespace fs = std::filesystem;
using Kind = runner::EngineError::Kind;
using ::testing::HasSubstr;

constexpr double patience_ms = 60'000;

/// A loopback port that was free a moment ago.
int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(socket);
  return ntohs(address.sin_port);
}

bool is_listening(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool connected = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return connected;
}

class StartedServer : public ::testing::Test {
 protected:
  runner::LlamaServerOptions starting(const std::vector<std::string>& behaviour, double timeout_ms = patience_ms) {
    runner::LlamaServerOptions options;
    options.url = "http://127.0.0.1:" + std::to_string(port_);
    options.timeout_ms = timeout_ms;
    options.start.emplace();
    options.start->process.argv = {perftrend::tests::bin_dir() + "/starting_server", std::to_string(port_)};
    options.start->process.argv.insert(options.start->process.argv.end(), behaviour.begin(), behaviour.end());
    options.start->ready_timeout_ms = patience_ms;
    return options;
  }

  runner::SteadyClock clock_;
  int port_ = free_port();
};

TEST_F(StartedServer, IsWaitedForWhileItLoadsAndStoppedInTheEnd) {
  runner::LlamaServerEngine engine(starting({"refusals=2"}), clock_);
  const auto opened = engine.open(1);  // the deadline for servers that are started separately
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  EXPECT_EQ(opened->build, "b1-abc");
  ASSERT_TRUE(engine.tokenize("x").has_value());
  const auto sample = engine.complete({"", {1, 2, 3, 4}}, 2);
  ASSERT_TRUE(sample.has_value()) << sample.error().message;
  EXPECT_EQ(sample->prompt_tokens, 4);
  EXPECT_TRUE(is_listening(port_));
  engine.close();
  EXPECT_FALSE(is_listening(port_));
}

TEST_F(StartedServer, ThatDiesWhileItLoadsIsReportedAsDead) {
  runner::LlamaServerEngine llama(starting({"refusals=2", "dies_loading=11"}), clock_);
  const auto opened = llama.open(1);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().kind, Kind::died);
  EXPECT_EQ(opened.error().message, "the engine ended: killed by signal 11 (SIGSEGV); last output: out of memory");
}

TEST_F(StartedServer, ThatDiesInTheMiddleOfAnAnswerIsReportedAsDead) {
  runner::LlamaServerEngine engine(starting({"dies_completing=2"}), clock_);
  ASSERT_TRUE(engine.open(1).has_value());
  EXPECT_TRUE(engine.complete({"", {1, 2, 3, 4}}, 2).has_value());
  const auto sample = engine.complete({"", {1, 2, 3, 4}}, 2);
  ASSERT_FALSE(sample.has_value());
  EXPECT_EQ(sample.error().kind, Kind::died);
  EXPECT_THAT(sample.error().message, HasSubstr("killed by signal 9 (SIGKILL)"));
}

TEST_F(StartedServer, ThatHangsIsATimeoutAndStoppedAllTheSame) {
  runner::LlamaServerOptions options = starting({"stalls"}, 50);
  options.start->stop_timeout_ms = 50;  // its one worker hangs, so SIGTERM alone would do; SIGKILL does in any case
  runner::LlamaServerEngine engine(options, clock_);
  // Everything else takes longer than 50 ms on a busy machine too, so opening may time out instead.
  const auto opened = engine.open(1);
  const auto sample = engine.complete({"", {1, 2, 3, 4}}, 2);
  ASSERT_FALSE(sample.has_value());
  EXPECT_EQ(sample.error().kind, Kind::timed_out) << sample.error().message;
  engine.close();
  EXPECT_FALSE(is_listening(port_));
}

TEST_F(StartedServer, IsAnyServerWithOpenAisStreamToo) {
  const runner::LlamaServerOptions llama = starting({"refusals=0"});
  runner::OpenAiOptions options = replay::openai_at(llama.url);
  options.start = llama.start;
  runner::OpenAiEngine engine(options, clock_);
  const auto opened = engine.open(1);
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  const auto sample = engine.complete({"x", {1, 2, 3, 4}}, 2);
  ASSERT_TRUE(sample.has_value()) << sample.error().message;
  EXPECT_GT(sample->prefill_ms, 0.0);
  engine.close();
  EXPECT_FALSE(is_listening(port_));
}

TEST_F(StartedServer, IsNotStartedOnAUsedPort) {
  replay::SharedClock still;
  const replay::Server other(still);
  runner::LlamaServerOptions options = starting({});
  options.url = other.url();
  runner::LlamaServerEngine engine(options, clock_);
  const auto opened = engine.open(1);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().kind, Kind::unavailable);
  EXPECT_THAT(opened.error().message, HasSubstr("another process already listens"));
}

// ------------------------------------------------------------------------------------- through the whole runner

class StartedByTheRunner : public StartedServer {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "perftrend-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { fs::remove_all(directory_); }

  /// Exit code of the runner; the report is then in report_.
  int run(const std::string& behaviour) {
    std::ofstream(directory_ / "s.toml") << "name = 's'\nprompts = ['a']\nwarmup = 0\nrepeats = 3\n[engine]\n"
                                         << "name = 'llama-server'\nurl = 'http://127.0.0.1:" << port_
                                         << "'\n[engine.start]\nargv = ['" << perftrend::tests::bin_dir()
                                         << "/starting_server', '" << port_ << "'" << behaviour << "]\n";
    auto child = runner::ChildProcess::start(
        {{perftrend::tests::bin_dir() + "/perftrend-runner", "run", "s.toml", "--out", "r.xml"},
         {{"RUN_PERF_TESTS", "1"}},
         directory_.string()},
        clock_);
    EXPECT_TRUE(child.has_value());
    const auto end = child->wait(patience_ms);
    EXPECT_TRUE(end.has_value());
    EXPECT_TRUE(report_.load_file((directory_ / "r.xml").c_str())) << child->err();
    EXPECT_FALSE(is_listening(port_)) << "the server still runs";
    return end ? end->exit_code : -1;
  }
  std::string text_at(const char* query) { return report_.select_node(query).attribute().value(); }

  fs::path directory_;
  pugi::xml_document report_;
};

TEST_F(StartedByTheRunner, AServerThatLoadsIsMeasured) {
  EXPECT_EQ(run(", 'refusals=1'"), 0);
  EXPECT_EQ(text_at("//property[@name='prefill_ms[Prompt 0]']/@value"), "0.001 0.001 0.001");
  EXPECT_EQ(text_at("//property[@name='subject.engine_build']/@value"), "b1-abc");
}

TEST_F(StartedByTheRunner, ADeathWhileLoadingIsAFunctionalError) {
  EXPECT_EQ(run(", 'dies_loading=4'"), 1);
  EXPECT_EQ(text_at("//testcase[@name='functional']/error/@type"), "engine:died");
  EXPECT_TRUE(report_.select_node("//testcase[@name='performance_consistency']/skipped"));
}

TEST_F(StartedByTheRunner, ADeathWhileMeasuringIsAnErrorWithoutATime) {
  EXPECT_EQ(run(", 'dies_completing=6'"), 0) << "the functional checks had passed";
  EXPECT_EQ(text_at("//testcase[@name='performance_consistency']/error/@type"), "engine:died");
  EXPECT_FALSE(report_.select_node("//testcase[@name='performance_consistency']/properties"));
}

}  // namespace
}  // namespace perftrend
