#include "server/corrections/runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "core/time/rfc3339.h"
#include "server/clock.h"
#include "server/points/points.h"
#include "server/store/audit.h"
#include "server/store/lanes.h"
#include "server/store/readings.h"
#include "server/store/run_parts.h"
#include "server/store/runs.h"
#include "server/triage/environment_shifts.h"
#include "server/triage/run_verdict.h"
#include "server/triage/shifts_of_runs.h"

namespace perftrend::corrections {
namespace {

/// Series up to which a run is judged as a whole, in one transaction; those of a larger run are judged one by one.
constexpr std::size_t whole_run_series_max = 1000;

/// One correction of one run.
class RunCorrection {
 public:
  RunCorrection(const Site& site, const ProjectRef& project, Id run, const Person& person)
      : site_(site), project_(project), run_(run), person_(person) {}

  /// False where the project has no such run.
  bool find() {
    site_.database.read([&](db::Connection& connection) {
      found_ = store::find_whole_run(connection, project_.id, run_);
      if (!found_) return;
      run_ = found_->id;
      parts_ = store::list_part_ids(connection, run_);
      statements_ = store::find_statements(connection, run_);
    });
    return found_.has_value();
  }

  [[nodiscard]] const store::RunStatements& statements() const { return statements_; }

  void exclude(const std::string& reason) {
    site_.database.write([&](db::Connection& connection) {
      for (const Id part : parts_)
        store::set_excluded(connection, part, reason);
      refresh_shifts(connection);
      audit(connection, "excluded", reason);
    });
    for (const Id part : parts_) {
      in_transactions(part, [&](db::Connection& connection, std::span<const Id> series) {
        points::exclude(connection, part, series);
        judge(connection, series);
      });
    }
    finish();
    site_.database.write([&](db::Connection& connection) { store::delete_common_shift(connection, run_); });
  }

  void include() {
    site_.database.write([&](db::Connection& connection) {
      for (const Id part : parts_) {
        store::set_excluded(connection, part, "");
        points::include(connection, part);
      }
      refresh_shifts(connection);
      audit(connection, "included", "");
      judge_whole_run(connection);
    });
    judge_large_run();
    finish();
  }

  /// `reason` of a person; nullopt: what the report says.
  void set_suspect(const std::optional<std::string>& reason) {
    const auto& suspect = reason ? *reason : statements_.suspect_reported;
    site_.database.write([&](db::Connection& connection) {
      for (const Id part : parts_)
        store::set_suspect(connection, part, suspect, reason ? person_.name : "");
      refresh_shifts(connection);
      audit(connection, suspect.empty() ? "judged" : "suspect", suspect);
      judge_whole_run(connection);
    });
    judge_large_run();
    finish();
  }

  store::DeletedRows remove() {
    store::DeletedRows deleted;
    if (statements_.excluded.empty()) {  // no longer in any list of what is judged, whatever happens from here on
      site_.database.write([&](db::Connection& connection) {
        for (const Id part : parts_)
          store::set_excluded(connection, part, store::being_deleted);
        refresh_shifts(connection);
      });
    }
    for (const Id part : parts_) {
      in_transactions(part, [&](db::Connection& connection, std::span<const Id> series) {
        points::remove_run(connection, part, series);
        judge(connection, series);
      });
    }
    // The first part last: its id is that of the run until the end.
    for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
      std::vector<Id> series;
      site_.database.write([&](db::Connection& connection) {
        series = points::list_series_of_run(connection, *part);
        deleted += store::delete_run(connection, *part);
        if (std::next(part) == parts_.rend()) audit(connection, "deleted", describe());
      });
      deleted += drop_empty(series);
    }
    finish();
    return deleted;
  }

 private:
  template <typename Work>
  void in_transactions(Id part, const Work& work) {
    std::vector<Id> series;
    site_.database.read([&](db::Connection& connection) { series = points::list_series_of_run(connection, part); });
    for (std::span<const Id> rest(series); !rest.empty();) {
      const auto chunk = rest.first(std::min(rest.size(), series_in_a_transaction));
      rest = rest.subspan(chunk.size());
      site_.database.write([&](db::Connection& connection) { work(connection, chunk); });
    }
  }

  void judge(db::Connection& connection, std::span<const Id> series) {
    triage::judge_series_again(connection, site_.policies, project_.id, project_.name, series, now_us());
  }

  void refresh_shifts(db::Connection& connection) const {
    triage::refresh_shifts_of_run(connection, {project_.id, found_->testbed, found_->branch}, found_->first_part);
  }

  [[nodiscard]] bool is_large() const { return found_->points > static_cast<std::int64_t>(whole_run_series_max); }
  void judge_whole_run(db::Connection& connection) {
    if (!is_large()) triage::judge_whole_run(connection, site_.policies, project_.id, project_.name, run_, now_us());
  }
  void judge_large_run() {
    if (!is_large()) return;
    for (const Id part : parts_)
      in_transactions(part, [&](db::Connection& connection, std::span<const Id> series) { judge(connection, series); });
  }

  /// Once the points are as they will be.
  void finish() {
    site_.database.write([&](db::Connection& connection) {
      store::recount_lane(connection, project_.id, found_->testbed, found_->branch);
    });
    triage::restore_common_shifts(site_.database, site_.policies, project_.id, project_.name);
  }

  store::DeletedRows drop_empty(std::span<const Id> series) {
    store::DeletedRows deleted;
    for (std::span<const Id> rest(series); !rest.empty();) {
      const auto chunk = rest.first(std::min(rest.size(), series_in_a_transaction));
      rest = rest.subspan(chunk.size());
      site_.database.write([&](db::Connection& connection) {
        for (const Id id : chunk) {
          if (store::count_series_points(connection, id) == 0 && !points::has_excluded(connection, id))
            deleted += store::delete_series(connection, id);
        }
      });
    }
    return deleted;
  }

  [[nodiscard]] std::string describe() const {
    return fmt::format("{} on {}, {}, commit {}: {} cases, {} points", found_->branch, found_->testbed,
                       times::to_rfc3339(found_->started_us), found_->commit.empty() ? "unknown" : found_->commit,
                       found_->counts.cases, found_->points);
  }

  void audit(db::Connection& connection, std::string_view action, std::string_view detail) const {
    std::string note(detail);
    if (!person_.note.empty()) note += (note.empty() ? "" : ": ") + person_.note;
    store::add_audit(connection,
                     {0, project_.id, now_us(), person_.name, "run", run_, std::string(action), "", "", note, ""});
  }

  const Site& site_;
  const ProjectRef& project_;
  Id run_;  ///< the first part, after find()
  const Person& person_;
  std::optional<store::Run> found_;
  std::vector<Id> parts_;
  store::RunStatements statements_;
};

tl::unexpected<CorrectionRefusal> no_run(const ProjectRef& project, Id run) {
  return tl::unexpected(
      CorrectionRefusal{CorrectionRefusal::Kind::not_found, fmt::format("run {} in project {}", run, project.name)});
}

std::optional<CorrectionRefusal> find_fault(const RunChange& change) {
  for (const auto* const text : {&change.excluded, &change.suspect}) {
    if (*text && (*text)->size() > note_bytes_max)
      return CorrectionRefusal{CorrectionRefusal::Kind::bad_request,
                               fmt::format("a reason has at most {} bytes", note_bytes_max)};
  }
  return std::nullopt;
}

}  // namespace

Result<store::RunStatements> change_run(const Site& site, const ProjectRef& project, Id run, const RunChange& change,
                                        const Person& person) {
  if (auto fault = find_fault(change)) return tl::unexpected(std::move(*fault));
  RunCorrection correction(site, project, run, person);
  if (!correction.find()) return no_run(project, run);
  const auto before = correction.statements();
  if (change.suspect && (before.suspect_by.empty() || before.suspect != *change.suspect))
    correction.set_suspect(*change.suspect);
  if (change.suspect_as_reported && !before.suspect_by.empty()) correction.set_suspect(std::nullopt);
  if (change.excluded) {
    // Excluding again with the same reason finishes what ended in the middle.
    if (!change.excluded->empty()) correction.exclude(*change.excluded);
    if (change.excluded->empty() && !before.excluded.empty()) correction.include();
  }
  correction.find();
  return correction.statements();
}

Result<store::DeletedRows> delete_run(const Site& site, const ProjectRef& project, Id run, const Person& person) {
  RunCorrection correction(site, project, run, person);
  if (!correction.find()) return no_run(project, run);
  return correction.remove();
}

}  // namespace perftrend::corrections
