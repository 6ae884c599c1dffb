// Benchmark of pages that list much: what they cost with many branches, projects or testbeds compared with few, in the
// same run.
//
//     pages_bench
//
// Prints a line for each ratio, with its target; exits 1 only where something failed.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/stats/median.h"
#include "server/clock.h"
#include "server/db/open.h"
#include "server/http/routes/routes.h"
#include "server/intake/intake.h"

namespace {

namespace fs = std::filesystem;
using namespace perftrend;

constexpr std::int64_t day_us = 86'400'000'000;
constexpr int repeats = 21;

double seconds(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void upload(db::Database& database, const std::string& project, const std::string& testbed, const std::string& branch,
            int number) {
  static const triage::Policies policies;
  static const intake::Options options;
  intake::Upload sent;
  sent.project = project;
  sent.testbed = testbed;
  sent.branch = branch;
  sent.commit = fmt::format("c{}", number);
  sent.started_at = fmt::format("{}", (now_us() - number % 14 * day_us) / 1'000'000);
  sent.files = {{"", "application/xml",
                 "<testsuite name='s'><testcase name='a'><properties><property name='x_ms' value='1'/></properties>"
                 "</testcase></testsuite>"}};
  const auto accepted = intake::take_upload(database, policies, options, std::move(sent));
  if (!accepted) throw std::runtime_error(accepted.error().cause);
}

/// Median time of one GET.
double time_of(db::Database& database, const std::string& path) {
  static const triage::Policies policies;
  static const auto routes = http::make_routes();
  const http::Context context{database, policies, {}, false, "bench"};
  const auto match = http::find_route(routes, "GET", path);
  if (match.route == nullptr) throw std::runtime_error("no route " + path);
  std::vector<double> times;
  for (int i = 0; i < repeats; ++i) {
    times.push_back(seconds([&] {
      http::Request request;
      request.method = "GET";
      request.path = path;
      request.path_parameters = match.path_parameters;
      request.caller.scope = store::Scope::admin;
      if (match.route->handler(context, request).status != 200) throw std::runtime_error("failed: " + path);
    }));
  }
  return stats::select_median(times);
}

void say(const std::string& what, double many, double few, double target) {
  fmt::print("{:<58} {:>10.3f} ms  few {:>9.3f} ms  ratio {:>6.2f}  target {}\n", what, many * 1e3, few * 1e3,
             many / few, target);
  (void)std::fflush(stdout);
}

void run(const fs::path& folder) {
  const auto database = db::open_database((folder / "many.db").string());
  const auto few = db::open_database((folder / "few.db").string());
  for (int i = 0; i < 1000; ++i) {
    upload(*database, "branches", "t", i == 0 ? "main" : fmt::format("bump/{}", i), i);
    upload(*database, "testbeds", fmt::format("machine{}", i), "main", i);
    upload(*database, fmt::format("project{}", i), "t", "main", i);
  }
  for (int i = 0; i < 100; ++i) {
    upload(*few, "branches", "t", i % 10 == 0 ? "main" : fmt::format("bump/{}", i % 10), i);
    upload(*few, fmt::format("project{}", i), "t", "main", i);
  }
  // A page lists at most 25 lanes and 100 names of branches, so it is larger than that of 10 branches, and no more.
  say("page of a project, 1,000 branches against 10", time_of(*database, "/api/v1/projects/branches"),
      time_of(*few, "/api/v1/projects/branches"), 10);
  say("list of 1,000 series against 10", time_of(*database, "/api/v1/projects/branches/series"),
      time_of(*few, "/api/v1/projects/branches/series"), 200);
  say("list of 1,000 projects against 100", time_of(*database, "/api/v1/projects"), time_of(*few, "/api/v1/projects"),
      20);
  say("page of a project, 1,000 testbeds against 10 branches", time_of(*database, "/api/v1/projects/testbeds"),
      time_of(*few, "/api/v1/projects/branches"), 100);
}

}  // namespace

int main() {
  std::string name = (fs::temp_directory_path() / "perftrend-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) return 1;
  int code = 0;
  try {
    run(name);
  } catch (const std::exception& error) {
    fmt::print(stderr, "pages_bench: {}\n", error.what());
    code = 1;
  }
  fs::remove_all(name);
  return code;
}
