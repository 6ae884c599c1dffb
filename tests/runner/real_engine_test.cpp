// A real engine, end to end: llama.cpp (npm's node-llama-cpp, prebuilt) computes a small model that a script
// here writes; the built runner drives it through the engine "command" and writes a report.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pugixml.hpp>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "runner/system/process.h"
#include "tests/support/paths.h"

namespace perftrend {
namespace {

namespace fs = std::filesystem;
using runner::ChildProcess;
using runner::ProcessEnd;

const fs::path sources = fs::path(perftrend::tests::source_dir()) / "tests" / "runner" / "real_engine";
constexpr double patience_ms = 120'000;

struct Ended {
  ProcessEnd end;
  std::string out, err;
};

std::optional<Ended> execute(const runner::ProcessOptions& options) {
  runner::SteadyClock clock;
  auto child = ChildProcess::start(options, clock);
  if (!child) return std::nullopt;
  const auto end = child->wait(patience_ms);
  if (!end) return std::nullopt;
  return Ended{*end, child->out(), child->err()};
}

int node_major() {
  const auto node = execute({{"node", "--version"}, {}, ""});
  return node && node->out.starts_with('v') ? std::atoi(node->out.c_str() + 1) : 0;
}

/// The numbers in the property `name` of the case `test`.
std::vector<double> samples_of(const pugi::xml_document& report, const std::string& test, const std::string& name) {
  std::vector<double> samples;
  for (const auto& each : report.select_nodes("//testcase")) {
    if (each.node().attribute("name").value() != test) continue;
    for (const pugi::xml_node property : each.node().child("properties").children("property")) {
      if (property.attribute("name").value() != name) continue;
      std::istringstream numbers(property.attribute("value").value());
      for (double number = 0; numbers >> number;)
        samples.push_back(number);
    }
  }
  return samples;
}

class RealEngine : public ::testing::Test {
 protected:
  void SetUp() override {
    if (node_major() < 20) GTEST_SKIP() << "Node.js 20 or newer is not installed";
    if (!fs::exists(sources / "node_modules" / "node-llama-cpp")) {
      GTEST_SKIP() << "node-llama-cpp is not installed in tests/real_engine";
    }
    std::string name = (fs::temp_directory_path() / "perftrend-test-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
  }
  void TearDown() override {
    if (!directory_.empty()) fs::remove_all(directory_);
  }

  fs::path directory_;
};

TEST_F(RealEngine, IsMeasuredByTheRunner) {
  const fs::path model = directory_ / "model.gguf";
  const auto written = execute({{"node", (sources / "write_model.mjs").string(), model.string()}, {}, ""});
  ASSERT_TRUE(written && written->end.exit_code == 0) << (written ? written->err : "not started");
  ASSERT_GT(fs::file_size(model), 1'000'000U);
  std::ofstream(directory_ / "scenario.toml")
      << "name = 'real_engine'\nwarmup = 1\nrepeats = 3\n[engine]\nname = 'command'\nargv = ['node', '"
      << (sources / "measure.mjs").string() << "', '" << model.string() << "', '{repeats}', '{warmup}']\n"
      << "timeout_s = 100\n";
  const auto run = execute({{perftrend::tests::bin_dir() + "/perftrend-runner", "run",
                             (directory_ / "scenario.toml").string(), "--out", (directory_ / "report.xml").string()},
                            {{"RUN_PERF_TESTS", "1"}},
                            directory_.string()});
  ASSERT_TRUE(run.has_value());
  ASSERT_EQ(run->end.exit_code, 0) << run->err;
  pugi::xml_document report;
  ASSERT_TRUE(report.load_file((directory_ / "report.xml").c_str()));
  std::vector<double> prompt_tokens;
  for (const char* test : {"Prompt 0", "Prompt 1", "Prompt 2"}) {
    for (const char* metric : {"tokenize_ms", "prefill_ms", "generate_ms", "total_ms"}) {
      const auto samples = samples_of(report, test, metric);
      EXPECT_THAT(samples, ::testing::AllOf(::testing::SizeIs(3), ::testing::Each(::testing::Gt(0))))
          << test << ' ' << metric << '\n'
          << run->err;
    }
    const auto counts = samples_of(report, test, "prompt_tokens");
    ASSERT_FALSE(counts.empty()) << test;
    prompt_tokens.push_back(counts.front());
    EXPECT_THAT(samples_of(report, test, "generated_tokens"), ::testing::Each(2));
  }
  EXPECT_LT(prompt_tokens[0], prompt_tokens[1]);
  EXPECT_LT(prompt_tokens[1], prompt_tokens[2]);
  EXPECT_THAT(samples_of(report, "performance_consistency", "wall_ms"), ::testing::SizeIs(1));
}

TEST_F(RealEngine, WithoutItsModelIsAnErrorNotATime) {
  std::ofstream(directory_ / "junk.gguf") << "no model";
  std::ofstream(directory_ / "scenario.toml")
      << "name = 'real_engine'\n[engine]\nname = 'command'\nargv = ['node', '" << (sources / "measure.mjs").string()
      << "', '" << (directory_ / "junk.gguf").string() << "', '{repeats}', '{warmup}']\n";
  const auto run = execute({{perftrend::tests::bin_dir() + "/perftrend-runner", "run",
                             (directory_ / "scenario.toml").string(), "--out", (directory_ / "report.xml").string()},
                            {{"RUN_PERF_TESTS", "1"}},
                            directory_.string()});
  ASSERT_TRUE(run.has_value());
  EXPECT_EQ(run->end.exit_code, 1) << run->err;
  pugi::xml_document report;
  ASSERT_TRUE(report.load_file((directory_ / "report.xml").c_str()));
  EXPECT_STREQ(report.select_node("//testcase[@name='functional']/error/@type").attribute().value(), "engine:failed");
  EXPECT_TRUE(report.select_node("//testcase[@name='performance_consistency']/skipped"));
}

}  // namespace
}  // namespace perftrend
