#include <fmt/format.h>

#include <map>
#include <string>
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
    compare_counts();
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

  void compare_counts() {
    connection_.query("SELECT id, points FROM series ORDER BY id", {}, [&](const db::Row& row) {
      const auto found = counts_[row.integer(0)];
      if (found != row.integer(1))
        add(fmt::format("series {} says {} points and has {}", row.integer(0), row.integer(1), found));
    });
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
