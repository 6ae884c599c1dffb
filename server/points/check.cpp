#include <fmt/format.h>

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/points/packing.h"
#include "server/points/points.h"

namespace perftrend::points {
namespace {

constexpr std::size_t findings_max = 100;  // lines for a person to read

class Check {
 public:
  explicit Check(db::Connection& connection) : connection_(connection) {}

  std::vector<std::string> run() {
    read_blocks();
    read_runs();
    read_excluded();
    compare_counts();
    find_orphans();
    return std::move(findings_);
  }

 private:
  void add(std::string finding) {
    if (findings_.size() < findings_max) findings_.push_back(std::move(finding));
  }

  void read_blocks() {
    std::vector<Point> points;
    connection_.query("SELECT series_id, first_at_us, points, packed FROM point_block", {}, [&](const db::Row& row) {
      points.clear();
      const bool whole = unpack_block(row.blob(3), points);
      counts_[row.integer(0)] += row.integer(2);
      if (whole && static_cast<std::int64_t>(points.size()) == row.integer(2)) return;
      add(fmt::format("points of series {} from {} us on cannot be read", row.integer(0), row.integer(1)));
    });
  }

  void read_runs() {
    connection_.query("SELECT run_id, packed FROM run_points", {}, [&](const db::Row& row) {
      const auto of_run = unpack_run(row.blob(1));
      if (!of_run) return add(fmt::format("points of run {} cannot be read", row.integer(0)));
      for (const auto& point : *of_run)
        ++counts_[point.series];
    });
  }

  void read_excluded() {
    connection_.query("SELECT run_id, packed FROM excluded_points", {}, [&](const db::Row& row) {
      const auto of_run = unpack_run(row.blob(1));
      if (!of_run) return add(fmt::format("points of excluded run {} cannot be read", row.integer(0)));
      for (const auto& point : *of_run)
        counts_.try_emplace(point.series, 0);
    });
  }

  void compare_counts() {
    connection_.query("SELECT id, points FROM series ORDER BY id", {}, [&](const db::Row& row) {
      const auto found = counts_.extract(row.integer(0));
      const std::int64_t count = found.empty() ? 0 : found.mapped();
      if (count != row.integer(1))
        add(fmt::format("series {} says {} points and has {}", row.integer(0), row.integer(1), count));
    });
    for (const auto& [series, count] : counts_)
      add(fmt::format("{} points are of series {}, which does not exist", count, series));
  }

  /// References that the schema does not declare, because each delete would search a whole table.
  void find_orphans() {
    struct Reference {
      std::string_view table, column, to;
    };
    static constexpr std::array<Reference, 6> references = {{{"run_points", "run_id", "run"},
                                                             {"sample", "series_id", "series"},
                                                             {"run_case", "case_id", "test_case"},
                                                             {"regression", "recognised_run", "run"},
                                                             {"regression", "last_good", "run"},
                                                             {"regression", "common_shift_run", "run"}}};
    for (const auto& [table, column, to] : references) {
      const auto sql = fmt::format(
          "SELECT count(*) FROM {0} t WHERE t.{1} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {2} p WHERE p.id = t.{1})",
          table, column, to);
      const auto count = connection_.require_integer(sql);
      if (count > 0) add(fmt::format("{} rows of {} name a {} that does not exist ({})", count, table, to, column));
    }
  }

  db::Connection& connection_;
  std::map<Id, std::int64_t> counts_;  ///< points found, by series
  std::vector<std::string> findings_;
};

}  // namespace

std::vector<std::string> check(db::Connection& connection) {
  return Check(connection).run();
}

}  // namespace perftrend::points
