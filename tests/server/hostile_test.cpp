// Hostile uploads to the built server. Each is refused with what is wrong or which limit it exceeds, and nothing of it
// is stored. The memory of the server stays below 6 x the body limit + 64 MiB, as it does for the largest accepted
// report.

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>
#include <zlib.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/support/server_process.h"

namespace perftrend::tests {
namespace {

constexpr std::size_t mib = std::size_t{1} << 20U;
constexpr std::size_t body_mib_max = 8;
constexpr std::size_t memory_kib_max = (6 * body_mib_max + 64) * 1024;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_memory_comparable = false;
#else
constexpr bool is_memory_comparable = true;
#endif

const std::string runs_path = "/api/v1/projects/p/runs";

std::string times(std::size_t count, const std::string& text) {
  std::string all;
  all.reserve(count * text.size());
  for (std::size_t i = 0; i < count; ++i)
    all += text;
  return all;
}

std::string suite(const std::string& cases) {
  return "<testsuites><testsuite name='s'>" + cases + "</testsuite></testsuites>";
}

std::string deflated(const std::string& text) {
  std::string packed(::compressBound(text.size()), '\0');
  uLongf bytes = packed.size();
  EXPECT_EQ(::compress(reinterpret_cast<Bytef*>(packed.data()), &bytes, reinterpret_cast<const Bytef*>(text.data()),
                       text.size()),
            Z_OK);
  packed.resize(bytes);
  return packed;
}

std::string laughs() {
  std::string entities = "<!ENTITY e0 'ha'>";
  for (int i = 1; i < 60; ++i)
    entities += fmt::format("<!ENTITY e{} '&e{};&e{};'>", i, i - 1, i - 1);
  return "<?xml version='1.0'?><!DOCTYPE t [" + entities + "]><testsuite name='&e59;'/>";
}

/// The peak memory of the process.
std::size_t peak_kib(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoul(line.substr(6));
  }
  return 0;
}

void expect_within_memory(const ServerProcess& server) {
  const std::size_t peak = peak_kib(server.pid());
  EXPECT_GT(peak, 0U);
  if (is_memory_comparable) {
    EXPECT_LT(peak, memory_kib_max);
  }
}

struct Input {
  const char* what;
  std::string body;
  int status;
  const char* limit;  ///< "": it is refused as malformed
  const char* coding = "identity";
};

std::vector<Input> inputs() {
  const std::string spaces(16 * body_mib_max * mib, ' ');
  return {
      {"billion laughs", laughs(), 400, ""},
      {"external entity", "<!DOCTYPE t [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><testsuite name='&x;'/>", 400, ""},
      {"nested elements", times(100'000, "<testsuite>") + times(100'000, "</testsuite>"), 413, "depth_max"},
      {"a long attribute", suite("<testcase name='" + std::string(7 * mib, 'x') + "'/>"), 413, "attribute_bytes_max"},
      {"a long name", suite("<testcase name='" + std::string(20'000, 'n') + "'/>"), 413, "case_name_bytes_max"},
      {"many cases", suite(times(300'000, "<testcase name='a'/>")), 413, "tree_bytes_max"},
      {"many elements", suite(times(2 * mib - 100, "<a/>")), 413, "tree_bytes_max"},
      {"a body over the limit", std::string((body_mib_max + 1) * mib, ' '), 413, "body_bytes_max"},
      {"a bomb", deflated(spaces), 413, "body_bytes_max", "deflate"},
      {"a cut packed body", deflated(suite("")).substr(0, 20), 400, "", "deflate"},
      {"invalid UTF-8", suite("<testcase name='\xff\xfe'/>"), 400, ""},
      {"an attribute twice", suite("<testcase name='a' name='b'/>"), 400, ""},
      {"a NUL", suite("<testcase name='a&#0;b'/>"), 400, ""},
      {"two documents", suite("") + suite(""), 400, ""},
  };
}

TEST(Hostile, UploadsAreRefusedWithinMemoryAndStoreNothing) {
  const TemporaryFolder folder;
  const ServerProcess server(folder.path() / "x.db", {"--body-mib-max", std::to_string(body_mib_max)});
  httplib::Client http("127.0.0.1", server.port());
  for (const Input& input : inputs()) {
    SCOPED_TRACE(input.what);
    const auto answer = http.Post(runs_path, {{"Content-Encoding", input.coding}}, input.body, "application/xml");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, input.status) << answer->body;
    const auto problem = nlohmann::json::parse(answer->body);
    EXPECT_EQ(problem.value("limit", ""), input.limit) << answer->body;
    EXPECT_FALSE(problem["detail"].get<std::string>().empty());
    EXPECT_EQ(http.Get("/healthz")->status, 200);
    expect_within_memory(server);
  }
  const SQLite::Database database(folder.path() / "x.db");
  for (const char* table : {"project", "run", "document", "test_case", "series", "run_points", "point_block"}) {
    SQLite::Statement count(database, fmt::format("SELECT count(*) FROM {}", table));
    ASSERT_TRUE(count.executeStep());
    EXPECT_EQ(count.getColumn(0).getInt(), 0) << table;
  }
}

TEST(Hostile, TheLargestAcceptedReportStaysWithinMemory) {
  const TemporaryFolder folder;
  const ServerProcess server(folder.path() / "x.db", {"--body-mib-max", std::to_string(body_mib_max)});
  httplib::Client http("127.0.0.1", server.port());
  http.set_read_timeout(std::chrono::seconds(120));
  std::string cases;
  constexpr int count = 30'000;  // a fifth more exceeds report_bytes_max
  for (int i = 0; i < count; ++i) {
    cases += fmt::format(
        "<testcase name='c{}' time='1'><properties><property name='x_ms' value='1 2'/></properties></testcase>", i);
  }
  const auto answer = http.Post(runs_path, suite(cases), "application/xml");
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->status, 201) << answer->body;
  EXPECT_EQ(nlohmann::json::parse(answer->body)["points"], 2 * count);
  expect_within_memory(server);
}

}  // namespace
}  // namespace perftrend::tests
