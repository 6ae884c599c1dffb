#include "server/intake/intake.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/detect/verdict.h"
#include "core/formats/report_reader.h"
#include "core/metrics/coordinates.h"
#include "core/text/sha256.h"
#include "core/time/rfc3339.h"
#include "core/time/timestamps.h"
#include "server/clock.h"
#include "server/intake/documents.h"
#include "server/intake/new_series.h"
#include "server/intake/place_run.h"
#include "server/intake/quarantine_requests.h"
#include "server/intake/stated_metrics.h"
#include "server/intake/stated_renames.h"
#include "server/intake/unsteady_configuration.h"
#include "server/store/configurations.h"
#include "server/store/corrections.h"
#include "server/store/lanes.h"
#include "server/store/names.h"
#include "server/store/projects.h"
#include "server/triage/lane_states.h"
#include "server/triage/project_policies.h"
#include "server/triage/quarantine.h"

namespace perftrend::intake {
namespace {

std::string hash_files(const std::vector<formats::SentFile>& files) {
  std::string hashes;
  for (const auto& file : files)
    hashes += text::sha256_hex({file.bytes});
  return hashes;
}

/// Identity of the upload: its bytes and coordinates, whether the request or the report stated them.
std::string hash_content(const Coordinates& where, std::string_view file_hashes) {
  const auto text = [](std::optional<std::int64_t> us) { return us ? std::to_string(*us) : std::string(); };
  return text::sha256_hex({where.branch, where.commit, where.testbed, text(where.started_us), text(where.commit_us),
                           where.run_key, where.shard, metrics::purpose_name(where.purpose), file_hashes});
}

/// One upload's share of the database. It is judged before the writer's turn, so that other uploads do not wait for it,
/// and again within the turn where what it was judged by has changed since. `state` is that of the upload's project; it
/// has to be dropped where a step throws or another upload stored the same run.
class UploadSteps {
 public:
  UploadSteps(const triage::Policies& policies, const Report& report, const store::NewRun& run,
              points::ProjectState& state)
      : policies_(policies), report_(report), run_(run), state_(state) {}

  /// First step, in a read transaction.
  void judge(db::Connection& connection) {
    stored_before_ = store::find_stored_run(connection, run_);
    if (stored_before_) return;
    if (is_judged()) requests_ = find_quarantine_requests(report_, run_.metrics);
    resolve(connection, store::find_project_revision(connection, run_.project));
    if (resolved_.project.id != 0) judge_parts(connection);
  }

  /// Second step, in the writer's turn, unless the run was stored before.
  void store(db::Connection& connection) {
    const auto project = store::find_project_revision(connection, run_.project);
    if (project != resolved_.project) {  // another process stored something, perhaps this run
      stored_before_ = store::find_stored_run(connection, run_);
      if (stored_before_) return;
      if (store::has_former_name(connection, project.id, run_.coordinates))
        throw db::Unavailable("a testbed or branch was renamed in between");
      resolve(connection, project);
      judged_.reset();
    }
    environment_is_new_ = resolved_.environment == 0;
    id_ = store::insert_run(connection, run_, resolved_);
    const Id project_id = resolved_.project.id;
    auto basis = triage::read_basis(connection, project_id);
    if (is_judged() && !is_on_short_lived_branch(connection)) {
      triage::apply_quarantine_requests(
          connection, project_id, id_, requests_, [&] { return measured_cases(run_.metrics); }, basis.quarantined,
          run_.received_us);
    }
    if (judged_ && judged_->basis != basis) {
      state_.forget_histories();
      judged_.reset();
    }
    if (!judged_) judge_parts(connection);
    if (triage::save_environment_shifts(connection, {run_, resolved_}, run_id(), *judged_)) {
      state_.forget_histories();
      judge_parts(connection);
    }
    revision_ = store::insert_points(connection, run_, resolved_, id_);
    if (!resolved_.joined.excluded.empty()) return exclude(connection);
    if (!is_judged()) return;
    triage::set_ids(*judged_, resolved_, run_id());
    judged_->add(std::move(other_parts_));
    verdict_ = resolved_.is_complete(run_)
                   ? triage::save_verdict(connection, project_id, *judged_, run_id(), run_.received_us)
                   : triage::preview_verdict(*judged_, run_id());
    if (!judged_->base)
      verdict_.vanished = store::update_vanished(connection, project_id, run_id(), id_, triage::vanished_listed_max);
    findings_ = store::count_findings(connection, run_id());
  }

  /// Last step, after the commit. Returns the revision that the state is valid for.
  std::int64_t finish() {
    triage::set_ids(state_, resolved_, run_id(), environment_is_new_);
    has_quarantine_ = !judged_->basis.quarantined.all.empty();
    if (is_judged() && resolved_.joined.excluded.empty())
      triage::save_parts(state_, {run_, resolved_}, run_id(), id_, *std::move(judged_));
    return revision_;
  }

  [[nodiscard]] const std::optional<store::StoredRun>& stored_before() const { return stored_before_; }
  /// After finish().
  [[nodiscard]] bool has_quarantine() const { return has_quarantine_; }
  /// What was stored.
  [[nodiscard]] Accepted accepted() {
    return {false, resolved_.project.id, run_id(), store::as_stored(run_, resolved_, id_, findings_),
            std::move(verdict_)};
  }

 private:
  /// Such a run neither begins nor ends a quarantine: it does not speak for the other branches.
  bool is_on_short_lived_branch(db::Connection& connection) {
    const auto policies = triage::policies_of(connection, policies_, resolved_.project.id);
    const auto long_lived = triage::find_long_lived(connection, policies, resolved_.project.id, run_.project);
    return long_lived.is_short_lived(run_.coordinates.branch);
  }

  void resolve(db::Connection& connection, const store::ProjectRevision& project) {
    if (state_.revision() != project.revision) state_.reset(project.revision);
    resolved_ = store::resolve_run(connection, run_, project, state_.directory());
    warn_of_old_date(connection);
    const auto change = store::find_configuration_change(connection, run_, resolved_);
    if (change.series > 0) {
      resolved_.warnings.push_back(
          fmt::format("configuration changed: {}; {} series begin again there and are judged after {} runs",
                      change.differences, change.series, detect::Policy{}.minimum_points));
    }
    if (auto warning = explain_new_series(connection, run_, resolved_, change.series); !warning.empty())
      resolved_.warnings.push_back(std::move(warning));
  }

  /// A clock that was reset, or the date of an old commit, puts a run before all others, where no one looks.
  void warn_of_old_date(db::Connection& connection) {
    constexpr std::int64_t years_us = 2 * std::int64_t{365} * 86'400'000'000;
    if (run_.at_us > run_.received_us - years_us) return;
    const auto& where = run_.coordinates;
    const auto newest = store::find_newest_at(connection, resolved_.project.id, where.testbed, where.branch);
    if (!newest || run_.at_us > *newest - years_us) return;
    resolved_.warnings.push_back(fmt::format(
        "the run is dated {}, years before the newest one, {}: it is at the beginning of the trend, and later runs are "
        "not compared with it. If a clock was wrong, delete the run and upload it with started_at",
        times::to_rfc3339(run_.at_us), times::to_rfc3339(*newest)));
  }

  /// A part of an excluded run is excluded too.
  void exclude(db::Connection& connection) {
    store::set_excluded(connection, id_, resolved_.joined.excluded);
    points::exclude(connection, id_, points::list_series_of_run(connection, id_));
    const auto& where = run_.coordinates;
    store::recount_lane(connection, resolved_.project.id, where.testbed, where.branch);
    revision_ = store::find_project_revision(connection, run_.project).revision;
    state_.reset(revision_);
  }

  /// Only runs that measure the trend are judged.
  [[nodiscard]] bool is_judged() const { return run_.coordinates.purpose == Purpose::trend; }
  /// The run that the upload is a part of.
  [[nodiscard]] Id run_id() const { return resolved_.joined.first_part != 0 ? resolved_.joined.first_part : id_; }

  void judge_parts(db::Connection& connection) {
    if (!is_judged()) {
      judged_.emplace().basis = triage::read_basis(connection, resolved_.project.id);
      return;
    }
    judged_ = triage::judge_new(connection, policies_, {run_, resolved_}, state_);
    other_parts_ = {};
    if (resolved_.joined.first_part != 0)
      other_parts_ = triage::judge_other_parts(connection, policies_, {run_, resolved_}, state_);
  }

  const triage::Policies& policies_;
  const Report& report_;
  const store::NewRun& run_;
  points::ProjectState& state_;
  std::optional<store::StoredRun> stored_before_;
  std::vector<triage::QuarantineRequest> requests_;
  store::ResolvedRun resolved_;
  std::optional<triage::JudgedRun> judged_;  ///< first of the upload, then of the whole run
  triage::JudgedRun other_parts_;
  bool has_quarantine_ = false;
  bool environment_is_new_ = false;
  Id id_ = 0;
  std::int64_t revision_ = 0;  ///< of the project, with the run
  triage::RunVerdict verdict_;
  store::FindingCounts findings_;
};

/// The answer for a run that was stored before.
Accepted find_accepted(db::Connection& connection, const triage::Policies& policies, const store::StoredRun& stored,
                       const store::NewRun& run) {
  auto found = store::find_run(connection, stored.project, stored.run);
  if (!found) throw db::Unavailable("the run was deleted while it was uploaded again");
  const Id first_part = found->first_part;
  auto verdict = triage::find_verdict(connection, policies, stored.project, run.project, first_part);
  if (!verdict.base && found->purpose == Purpose::trend)
    verdict.vanished =
        store::list_vanished(connection, stored.project, {found->testbed, found->branch, triage::vanished_listed_max});
  return {true, stored.project, first_part, std::move(*found), std::move(verdict)};
}

/// Applies renames that the report states, then replaces former names.
void resolve_names(db::Database& database, const triage::Policies& policies, std::string_view project, Report& report,
                   Coordinates& coordinates, metrics::ExtractedMetrics& measured) {
  if (const auto renames = find_stated_renames(report); !renames.empty()) {
    std::optional<std::vector<std::string>> warnings;
    database.read([&](db::Connection& connection) {
      const auto id = store::find_project_id(connection, project);
      if (!id) return;
      const auto own = triage::policies_of(connection, policies, *id);
      const auto branch = store::resolve_name(connection, *id, store::NameKind::branch, coordinates.branch);
      if (triage::find_long_lived(connection, own, *id, project).is_short_lived(branch))
        warnings = use_former_names(connection, *id, report, measured.metrics, renames);
    });
    if (!warnings) warnings = apply_renames(database, policies, project, report, renames);
    measured.warnings.insert(measured.warnings.end(), warnings->begin(), warnings->end());
  }
  database.read(
      [&](db::Connection& connection) { store::resolve_names(connection, project, coordinates, measured.metrics); });
}

/// Stores the run unless it was stored before, and judges it.
tl::expected<Accepted, Refusal> store_and_judge(db::Database& database, const triage::Policies& policies,
                                                points::Cache& cache, const Report& report, const store::NewRun& run) {
  auto checkout = cache.check_out(run.project);
  UploadSteps steps(policies, report, run, checkout.state());
  database.read([&](db::Connection& connection) { steps.judge(connection); });
  if (!steps.stored_before()) {
    database.write([&](db::Connection& connection) { steps.store(connection); });
  } else if (const auto revision = checkout.state().revision(); revision != 0) {
    checkout.save(revision);  // the state was not used
  }
  Accepted accepted;
  if (const auto& stored = steps.stored_before()) {
    if (stored->conflict) {
      return tl::unexpected(Refusal{
          Refusal::Kind::conflict, "this Idempotency-Key was used with another report or other coordinates", 0, 0, ""});
    }
    database.read([&](db::Connection& connection) { accepted = find_accepted(connection, policies, *stored, run); });
  } else {
    checkout.save(steps.finish());
    accepted = steps.accepted();
  }
  if (auto vanished = triage::explain(accepted.verdict.vanished); !vanished.empty())
    accepted.run.warnings.push_back(std::move(vanished));
  if (!accepted.verdict.unjudged.empty()) accepted.run.warnings.push_back(accepted.verdict.unjudged);
  if (!accepted.already_there && !steps.has_quarantine()) return accepted;
  database.read([&](db::Connection& connection) {
    for (auto& warning : triage::expiry_warnings(connection, accepted.project_id, accepted.run.id, run.received_us))
      accepted.run.warnings.push_back(std::move(warning));
  });
  return accepted;
}

}  // namespace

tl::expected<Accepted, Refusal> take_upload(db::Database& database, const triage::Policies& policies,
                                            const Options& options, Upload upload) {
  if (auto refusal = check_parameters(upload)) return tl::unexpected(*refusal);
  const std::string file_hashes = hash_files(upload.files);
  const auto content_type = formats::content_type_of_format(upload.format);
  if (!content_type) {
    return tl::unexpected(Refusal{Refusal::Kind::bad_parameter,
                                  "format is auto (the default), ctest, customBiggerIsBetter or customSmallerIsBetter",
                                  0, 0, ""});
  }
  std::vector<store::Document> documents;
  auto report = read_files(std::move(upload.files), options, *content_type, &documents);
  if (!report) return tl::unexpected(report.error());
  ProjectReading reading;
  database.read([&](db::Connection& connection) {
    const Id project = store::find_project_id(connection, upload.project).value_or(0);
    reading = find_reading(connection, policies, options.rules.find(upload.project), project, upload.project);
  });
  const auto stated_us = times::parse_time_us(upload.started_at);
  const std::int64_t received_us = now_us();
  metrics::stabilise_names(*report, reading.rules.names, stated_us ? stated_us : received_us);
  auto measured = metrics::extract_metrics(*report, reading.rules);
  if (!measured.over_limit.empty()) {
    return tl::unexpected(Refusal{Refusal::Kind::over_limit,
                                  "the report states more than the limit " + measured.over_limit + " allows", 0, 0,
                                  measured.over_limit});
  }
  apply_statements(reading.stated, measured.metrics, measured.warnings);
  measured.warnings.insert(measured.warnings.end(), upload.warnings.begin(), upload.warnings.end());
  auto coordinates = place(upload, *report, measured.coordinates, measured.warnings);
  if (!coordinates) return tl::unexpected(coordinates.error());
  // The identity has the stated times: the time of arrival must not make the same upload a new one.
  const std::string content = hash_content(*coordinates, file_hashes);
  const std::string identity = upload.idempotency_key.empty() ? content : "key:" + upload.idempotency_key;
  label_cases(*report, measured.metrics, coordinates->shard);
  const bool clock_ahead = clamp_times(*coordinates, received_us, measured.warnings);
  // After the identity: the same upload is the same run, whether a name in it was changed since or not.
  resolve_names(database, policies, upload.project, *report, *coordinates, measured);
  set_unsteady_facts_aside(database, upload.project, *coordinates, measured, received_us);

  const store::NewRun run = {.project = upload.project,
                             .coordinates = *coordinates,
                             .at_us = coordinates->commit_us.value_or(*coordinates->started_us),
                             .received_us = received_us,
                             .clock_ahead = clock_ahead,
                             .identity = identity,
                             .content_sha256 = content,
                             .counts = report->counts,
                             .cases = report->cases,
                             .metrics = measured.metrics,
                             .warnings = measured.warnings,
                             .documents = documents,
                             .case_facts = measured.case_facts};
  return store_and_judge(database, policies, *options.cache, *report, run);
}

}  // namespace perftrend::intake
