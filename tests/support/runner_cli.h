#pragma once
// The built runner as a process: its arguments, output, files and exit code.

#include <gtest/gtest.h>
#include <pugixml.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace perftrend::runner {

using Environment = std::map<std::string, std::string>;

std::string read_all(const std::filesystem::path& file);

struct Ended {
  int code = -1;  ///< exit code; 128 + signal when killed
  std::string out, err;
};

/// Runs a program in `directory` with only the variables of `environment`, and waits until it ends.
Ended execute(const std::string& program, const std::filesystem::path& directory, std::vector<std::string> arguments,
              const Environment& environment);

/// Each test has its own directory, which is the runner's working directory.
class RunnerCli : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  [[nodiscard]] Ended call(std::vector<std::string> arguments, Environment more = {}) const;
  /// The batch-prefill scenario on a mock with short sleeps and few repeats, report in out.xml.
  [[nodiscard]] Ended run(const std::vector<std::string>& more = {}, const Environment& environment = {}) const;
  [[nodiscard]] Ended measure(const std::vector<std::string>& more = {}, Environment environment = {}) const;
  [[nodiscard]] pugi::xml_document report(const char* file = "out.xml") const;
  [[nodiscard]] std::string suite_property(const std::string& name) const;
  [[nodiscard]] std::string write(const char* file, const std::string& text) const;

  std::filesystem::path directory_;
};

}  // namespace perftrend::runner
