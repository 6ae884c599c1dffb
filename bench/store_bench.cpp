// Benchmark of the store: what uploads and trends cost compared with the bare libraries in the same run, and how that
// changes as the file grows.
//
//     store_bench [--points N]... [--only PART]
//
//     --points N     growth is measured at each N (default 1e6)
//     --only PART    one of large, nightly, reading, growth
//
// The results are ratios: both sides alternate on the same disk. Times are wall-clock, because an upload waits for an
// fsync. Prints a line for each ratio, with its target; exits 1 only where something failed.

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <fmt/format.h>
#include <httplib.h>
#include <malloc.h>
#include <pugixml.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/stats/median.h"
#include "server/db/open.h"
#include "server/http/server.h"
#include "server/intake/intake.h"
#include "server/points/blocks.h"
#include "server/points/points.h"
#include "server/points/run_series.h"
#include "server/store/run_rows.h"
#include "server/store/series.h"

namespace {

namespace fs = std::filesystem;
using namespace perftrend;

constexpr std::int64_t day_us = 86'400'000'000;

double seconds(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void say(const std::string& what, double ours, double bare, const std::string& target) {
  fmt::print("{:<58} {:>10.3f} ms  bare {:>9.3f} ms  ratio {:>6.2f}  target {}\n", what, ours * 1e3, bare * 1e3,
             ours / bare, target);
  (void)std::fflush(stdout);
}

class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "perftrend-bench-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

/// A number without a pattern in [0, 1), the same for the same seed (SplitMix64).
double drawn(std::uint64_t seed) {
  seed += 0x9e3779b97f4a7c15U;
  seed = (seed ^ (seed >> 30U)) * 0xbf58476d1ce4e5b9U;
  seed = (seed ^ (seed >> 27U)) * 0x94d049bb133111ebU;
  return std::ldexp(static_cast<double>((seed ^ (seed >> 31U)) >> 11U), -53);
}

/// What a dedicated machine measures of a case in one day, ms: a level, a noise of one percent around it, now and
/// then a bad day; in one series of fifty a step of a tenth after 600 days. Nanoseconds are its last digit.
double measured(int one_case, int metric, int day, int sample = 0) {
  const auto key = static_cast<std::uint64_t>(one_case) * 64 + static_cast<std::uint64_t>(metric);
  const auto seed = (key << 32U) + static_cast<std::uint64_t>(day) * 16 + static_cast<std::uint64_t>(sample);
  double noise = -2;
  for (std::uint64_t i = 0; i < 4; ++i)  // the sum of a few is close enough to a normal one
    noise += drawn(seed * 4 + i);
  double level = 10.0 + one_case % 7 + metric;
  if (key % 50 == 0 && day >= 600) level *= 1.1;
  if (drawn(seed ^ 0x5a5a5a5aU) < 0.005) level *= 1.2;
  return std::round(level * (1 + 0.0173 * noise) * 1e6) / 1e6;
}

/// A nightly report: cases 0, 1, … with that many metrics each.
std::string report_of(int cases, int metrics, int day) {
  std::string xml = "<testsuites><testsuite name='bench'>";
  for (int i = 0; i < cases; ++i) {
    xml += fmt::format("<testcase classname='org.example.Class{}' name='case {}'><properties>", i / 50, i);
    for (int m = 0; m < metrics; ++m)
      xml += fmt::format("<property name='metric{}_ms' value='{:.6f}'/>", m, measured(i, m, day));
    xml += "</properties></testcase>";
  }
  return xml + "</testsuite></testsuites>";
}

/// When a day is: the reports that are uploaded continue the history.
std::int64_t started_us(int day) {
  return 1'500'000'000'000'000 + day * day_us;
}

void upload(db::Database& database, const std::string& project, const std::string& xml, int run) {
  static const triage::Policies policies;
  static const intake::Options options;  // what is known of series is kept in it, as a server does
  intake::Upload sent;
  sent.project = project;
  sent.commit = fmt::format("commit{}", run);
  sent.started_at = fmt::format("{}", started_us(run) / 1'000'000);
  sent.files = {{"", "application/xml", xml}};
  const auto accepted = intake::take_upload(database, policies, options, std::move(sent));
  if (!accepted) throw std::runtime_error(accepted.error().cause);
}

// --------------------------------------------------------------------------------------------------- bare libraries

/// The same tables as far as points go, written by SQLite alone.
class BareFile {
 public:
  explicit BareFile(const std::string& file) : database_(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE) {
    database_.exec("PRAGMA journal_mode = WAL");
    database_.exec("PRAGMA synchronous = FULL");
    database_.exec(
        "CREATE TABLE run_case (run_id BIGINT, ordinal BIGINT, case_id BIGINT, status INTEGER, flaky INTEGER, "
        "reruns INTEGER, time_seconds DOUBLE PRECISION, message TEXT, PRIMARY KEY (run_id, ordinal)) WITHOUT ROWID;"
        "CREATE TABLE point (series_id BIGINT, at_us BIGINT, run_id BIGINT, value DOUBLE PRECISION, "
        "minimum DOUBLE PRECISION, mad DOUBLE PRECISION, samples BIGINT, PRIMARY KEY (series_id, at_us, run_id)) "
        "WITHOUT ROWID");
  }
  void insert(int run, int cases, int metrics) {
    SQLite::Transaction transaction(database_);
    SQLite::Statement one_case(database_, "INSERT INTO run_case VALUES (?, ?, ?, 0, 0, 0, NULL, '')");
    SQLite::Statement one_point(database_, "INSERT INTO point VALUES (?, ?, ?, ?, ?, 0, 1)");
    for (int i = 0; i < cases; ++i) {
      SQLite::bind(one_case, run, i, i);
      one_case.exec();
      one_case.reset();
      for (int m = 0; m < metrics; ++m) {
        SQLite::bind(one_point, i * metrics + m, static_cast<std::int64_t>(run) * day_us, run, 10.5, 10.5);
        one_point.exec();
        one_point.reset();
      }
    }
    transaction.commit();
  }
  /// `days` points of each of so many series.
  void fill(int series, int days) {
    SQLite::Transaction transaction(database_);
    SQLite::Statement one_point(database_, "INSERT INTO point VALUES (?, ?, ?, ?, ?, 0, 1)");
    for (int i = 0; i < series; ++i) {
      for (int day = 0; day < days; ++day) {
        const double value = measured(i, 0, day);
        SQLite::bind(one_point, i, day * day_us, day, value, value);
        one_point.exec();
        one_point.reset();
      }
    }
    transaction.commit();
  }
  /// Steps through the answer and adds up its last column.
  double select(const char* sql) {
    SQLite::Statement statement(database_, sql);
    double sum = 0;
    while (statement.executeStep())
      sum += statement.getColumn(statement.getColumnCount() - 1).getDouble();
    return sum;
  }

 private:
  SQLite::Database database_;
};

std::size_t bare_parse(const std::string& xml) {
  pugi::xml_document document;
  document.load_buffer(xml.data(), xml.size());
  std::size_t found = 0;
  for (const auto& suite : document.child("testsuites")) {
    for (const auto& one_case : suite) {
      for (const auto& property : one_case.child("properties"))
        found += property.attribute("value").as_double() > 0 ? 1U : 0U;
    }
  }
  return found;
}

// ------------------------------------------------------------------------------------------------------------ ratios

void bench_large_report(const Folder& folder) {
  constexpr int cases = 10'000;
  constexpr int metrics = 4;
  constexpr int runs = 12;
  const auto database = db::open_database(folder.file("large.db"));
  BareFile bare(folder.file("large_bare.db"));
  std::vector<double> ours;
  std::vector<double> theirs;
  for (int run = 0; run < runs; ++run) {
    const auto xml = report_of(cases, metrics, run);
    ours.push_back(seconds([&] { upload(*database, "large", xml, run); }));
    theirs.push_back(seconds([&] {
      if (bare_parse(xml) != static_cast<std::size_t>(cases) * static_cast<std::size_t>(metrics))
        throw std::runtime_error("bare parse");
      bare.insert(run, cases, metrics);
    }));
  }
  constexpr int first_runs = 4;  // they make the series and get to know them
  ours.erase(ours.begin(), ours.begin() + first_runs);
  theirs.erase(theirs.begin(), theirs.begin() + first_runs);
  say("report of 10,000 cases x 4 metrics, durable and judged", stats::median(ours), stats::median(theirs), "2");
}

void bench_nightly(const Folder& folder) {
  constexpr int cases = 100;
  constexpr int metrics = 2;
  constexpr int runs = 60;
  const auto database = db::open_database(folder.file("nightly.db"));
  BareFile bare(folder.file("nightly_bare.db"));
  std::vector<double> ours;
  std::vector<double> theirs;
  for (int run = 0; run < runs; ++run) {
    const auto xml = report_of(cases, metrics, run);
    ours.push_back(seconds([&] { upload(*database, "nightly", xml, run); }));
    theirs.push_back(seconds([&] { bare.insert(run, 1, 1); }));
  }
  say("nightly report of 100 cases x 2 metrics, p50", stats::median(ours), stats::median(theirs), "4");

  const auto rate = [&](int clients, int first) {
    constexpr int each = 40;
    const double took = seconds([&] {
      std::vector<std::thread> threads;
      threads.reserve(static_cast<std::size_t>(clients));
      for (int client = 0; client < clients; ++client) {
        threads.emplace_back([&, client] {
          for (int i = 0; i < each; ++i) {
            const int run = first + client * each + i;
            upload(*database, fmt::format("client{}", client), report_of(cases, metrics, run), run);
          }
        });
      }
      for (auto& thread : threads)
        thread.join();
    });
    return clients * each / took;
  };
  const double one = rate(1, 1000);
  const double eight = rate(8, 2000);
  fmt::print("{:<58} {:>10.1f} /s  of 1: {:>8.1f} /s  ratio {:>6.2f}  target >= 2.5\n", "uploads of 8 clients", eight,
             one, eight / one);
}

// ------------------------------------------------------------------------------------------------------------ growth

constexpr int metrics_of_a_case = 2;

/// The values of a day's points in one series: of the first metric five samples, of the others one.
points::PointValue point_of(int one_case, int metric, int day) {
  if (metric != 0) {
    const double value = measured(one_case, metric, day);
    return {value, value, 0, 1};
  }
  std::vector<double> samples;
  for (int i = 0; i < 5; ++i)
    samples.push_back(measured(one_case, metric, day, i));
  const double value = stats::median(samples);
  std::vector<double> deviations;
  for (const double sample : samples)
    deviations.push_back(std::abs(sample - value));
  return {value, *std::min_element(samples.begin(), samples.end()), stats::median(deviations), 5};
}

/// The configuration of reports that state none.
Id find_configuration(db::Connection& connection, Id project) {
  return store::upsert_facts(connection, store::FactsTable::configuration, project, {});
}

std::vector<Id> generate_runs(db::Connection& connection, Id project, const std::string& name, int series, int days) {
  const auto environment = connection.require_integer(
      "INSERT INTO environment (project_id, sha256, parts_json) VALUES ($1, $2, '{}') RETURNING id", {project, name});
  const auto configuration = find_configuration(connection, project);
  std::vector<Id> runs;
  for (int day = 0; day < days; ++day) {
    const std::string identity = fmt::format("{} {}", name, day);
    runs.push_back(connection.require_integer(
        "INSERT INTO run (project_id, environment_id, testbed, branch, commit_id, ci_url, at_us, started_us, "
        "received_us, identity, content_sha256, suspect, cases, passed, failed, errored, skipped, notrun, properties, "
        "points, time_seconds, warnings_json, first_part, configuration_id, subject_json, purpose, run_key, shard, "
        "parts_expected, complete, base_branch, base_commit, excluded, clock_ahead) VALUES ($1, $2, 'default', 'main', "
        "$3, '', $4, "
        "$4, $4, $5, $5, '', $6, $6, 0, 0, 0, 0, 0, $6, 0, '[]', 0, $7, '{}', 0, '', '', 0, 1, '', '', '', 0) "
        "RETURNING id",
        {project, environment, fmt::format("commit{}", day), started_us(day - days), identity, series, configuration}));
  }
  connection.execute("UPDATE run SET first_part = id WHERE project_id = $1", {project});
  return runs;
}

/// A project of `series` series with `days` points each, as uploads of all its days leave it: blocks of points, and
/// which series each run has.
void generate(db::Database& database, const std::string& project, int series, int days) {
  database.write([&](db::Connection& connection) {
    const auto id =
        connection.require_integer("INSERT INTO project (name, created_us) VALUES ($1, 0) RETURNING id", {project});
    const auto runs = generate_runs(connection, id, project, series, days);
    std::vector<Id> all;
    Id one_case = 0;
    for (int s = 0; s < series; ++s) {
      const int number = s / metrics_of_a_case;
      const int metric = s % metrics_of_a_case;
      if (metric == 0) {
        one_case = connection.require_integer(
            "INSERT INTO test_case (project_id, suite, classname, name) VALUES ($1, 'bench', $2, $3) RETURNING id",
            {id, fmt::format("org.example.Class{}", number / 50), fmt::format("case {}", number)});
      }
      all.push_back(connection.require_integer(
          "INSERT INTO series (project_id, case_id, metric, testbed, branch, configuration_id, purpose, unit, "
          "unit_source, better_lower, better_source, points) VALUES ($1, $2, $3, 'default', 'main', $5, 0, 'ms', 0, 1, "
          "0, $4) RETURNING id",
          {id, one_case, fmt::format("metric{}_ms", metric), days, find_configuration(connection, id)}));
      std::vector<points::Point> points;
      for (int day = 0; day < days; ++day)
        points.push_back({started_us(day - days), runs[static_cast<std::size_t>(day)], point_of(number, metric, day)});
      points::change_blocks(connection, all.back(), points.front().at_us, points.back().at_us, [&](auto& there) {
        there = std::move(points);
        return true;
      });
    }
    for (const Id run : runs)
      points::insert_run_series(connection, run, all);
  });
}

/// A server over the database, for as long as it lives.
class Served {
 public:
  explicit Served(db::Database& database)
      : context_{database, policies_, {}, false, "bench"}, server_(options(), context_) {
    port_ = server_.bind();
    thread_ = std::thread([this] { server_.run(); });
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  ~Served() {
    server_.stop();
    thread_.join();
  }
  [[nodiscard]] int port() const { return port_; }

 private:
  static http::ServerOptions options() {
    http::ServerOptions made;
    made.port = 0;
    return made;
  }
  triage::Policies policies_;
  http::Context context_;
  http::Server server_;
  std::thread thread_;
  int port_ = 0;
};

std::size_t get(httplib::Client& client, const std::string& path) {
  const auto answer = client.Get(path);
  if (!answer || answer->status != 200) throw std::runtime_error("GET " + path);
  return answer->body.size();
}

void bench_reading(const Folder& folder) {
  constexpr int points = 10'000;
  constexpr int series = 1000;
  constexpr int rounds = 15;
  const std::string file = folder.file("reading.db");
  const auto database = db::open_database(file);
  generate(*database, "long", 4, points);
  generate(*database, "wide", series, 100);
  const Served served(*database);
  httplib::Client client("127.0.0.1", served.port());
  client.set_keep_alive(true);
  BareFile bare_long(folder.file("bare_long.db"));
  bare_long.fill(4, points);
  BareFile bare_wide(folder.file("bare_wide.db"));
  bare_wide.fill(series, 100);
  std::vector<double> trend;
  std::vector<double> first_trend;
  std::vector<double> select;
  std::vector<double> list;
  std::vector<double> bare_list;
  for (int round = 0; round < rounds; ++round) {
    trend.push_back(seconds([&] { get(client, "/api/v1/projects/long/trends?series=1&last=10000"); }));
    // What was not asked for before is judged.
    const auto path = fmt::format("/api/v1/projects/long/trends?series=1&last={}", points - 1 - round);
    first_trend.push_back(seconds([&] { get(client, path); }));
    select.push_back(seconds([&] {
      constexpr auto sql =
          "SELECT at_us, run_id, minimum, mad, samples, value FROM point WHERE series_id = 1 ORDER BY at_us, run_id";
      if (bare_long.select(sql) <= 0) throw std::runtime_error("bare select");
    }));
    list.push_back(seconds([&] {
      database->read([&](db::Connection& connection) {
        if (store::list_series(connection, 2, {}).series.size() != series) throw std::runtime_error("list of series");
      });
    }));
    bare_list.push_back(seconds([&] {
      constexpr auto sql =
          "SELECT s.series_id, p.value FROM (SELECT DISTINCT series_id FROM point) s JOIN point p "
          "ON p.series_id = s.series_id AND p.at_us >= (SELECT at_us FROM point q WHERE q.series_id = s.series_id "
          "ORDER BY at_us DESC LIMIT 1 OFFSET 29)";
      if (bare_wide.select(sql) <= 0) throw std::runtime_error("bare select");
    }));
  }
  say("trend of 10,000 points as JSON over HTTP", stats::median(trend), stats::median(select), "3");
  say("the same, asked for the first time after an upload", stats::median(first_trend), stats::median(select), "3");
  say("list of 1,000 series with value, sparkline and state", stats::median(list), stats::median(bare_list), "-");
}

/// The most that this process held in memory since forget_peak(), bytes.
double peak_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + line.find(':') + 1, nullptr) * 1024;
  }
  throw std::runtime_error("/proc/self/status");
}
void forget_peak() {
  (void)::malloc_trim(0);  // what the generator has freed
  std::ofstream("/proc/self/clear_refs") << 5;
}

void bench_growth(std::int64_t points) {
  constexpr int series = 200;
  constexpr int days = 1000;
  constexpr int runs = 21;
  const Folder folder;
  const std::string file = folder.file("growth.db");
  {
    const auto database = db::open_database(file);
    const auto projects = std::max<std::int64_t>(1, points / (std::int64_t{series} * days));
    for (std::int64_t project = 0; project < projects; ++project)
      generate(*database, fmt::format("p{}", project), series, days);
  }
  const auto bytes = static_cast<double>(fs::file_size(file));
  forget_peak();
  std::unique_ptr<db::Database> database;
  const double start = seconds([&] { database = db::open_database(file); });
  std::vector<double> nightly;
  std::vector<double> trend;
  for (int run = 0; run < runs; ++run) {
    const auto xml = report_of(100, metrics_of_a_case, days + run);
    nightly.push_back(seconds([&] { upload(*database, "p0", xml, run); }));
    trend.push_back(seconds([&] {
      database->read([&](db::Connection& connection) {
        if (points::read_trend(connection, 1 + run, days).value.empty()) throw std::runtime_error("trend");
      });
    }));
  }
  fmt::print(
      "growth: {:>11} points  {:>5.1f} bytes a point  start {:>7.1f} ms  nightly {:>8.2f} ms  trend {:>7.3f} ms  "
      "memory {:>5.1f} MB\n",
      points, bytes / static_cast<double>(points), start * 1e3, stats::median(nightly) * 1e3,
      stats::median(trend) * 1e3, peak_bytes() / 1e6);
  (void)std::fflush(stdout);
}

struct Wanted {
  std::vector<std::int64_t> points;
  std::string_view part;  ///< empty: all
  [[nodiscard]] bool has(std::string_view name) const { return part.empty() || part == name; }
};

Wanted wanted_of(int argc, char** argv) {
  Wanted wanted;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view option = argv[i];
    if (option == "--points") {
      wanted.points.push_back(static_cast<std::int64_t>(std::strtod(argv[i + 1], nullptr)));
    } else if (option == "--only") {
      wanted.part = argv[i + 1];
    }
  }
  if (wanted.points.empty()) wanted.points.push_back(1'000'000);
  return wanted;
}

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_level(spdlog::level::off);
  try {
    const auto wanted = wanted_of(argc, argv);
    const Folder folder;
    if (wanted.has("large")) bench_large_report(folder);
    if (wanted.has("nightly")) bench_nightly(folder);
    if (wanted.has("reading")) bench_reading(folder);
    for (const auto points : wanted.points) {
      if (wanted.has("growth")) bench_growth(points);
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "store_bench: {}\n", error.what());
    return 1;
  }
  return 0;
}
