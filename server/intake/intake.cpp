#include "server/intake/intake.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <tuple>
#include <utility>

#include "core/formats/report_reader.h"
#include "core/text/sha256.h"
#include "core/text/utf8.h"
#include "core/time/rfc3339.h"
#include "core/time/timestamps.h"
#include "server/clock.h"
#include "server/intake/documents.h"
#include "server/intake/quarantine_requests.h"
#include "server/intake/stated_renames.h"
#include "server/store/names.h"
#include "server/triage/lane_states.h"
#include "server/triage/project_policies.h"
#include "server/triage/quarantine.h"

namespace perftrend::intake {
namespace {

constexpr std::size_t project_name_bytes_max = 100;
constexpr std::size_t coordinate_bytes_max = 500;  // a branch's or a testbed's name; a key of the database
constexpr std::size_t ci_url_bytes_max = 2000;     // what browsers still open
constexpr std::size_t idempotency_key_bytes_max = 200;

Refusal bad_parameter(std::string cause) {
  return {Refusal::Kind::bad_parameter, std::move(cause), 0, 0, ""};
}

std::optional<Refusal> check_parameters(const Upload& upload) {
  if (!is_project_name(upload.project)) {
    return bad_parameter("a project's name is 1 to 100 of A-Z a-z 0-9 . _ - and begins with a letter or a digit");
  }
  for (const auto& [name, text, bytes_max] :
       {std::tuple("branch", std::string_view(upload.branch), coordinate_bytes_max),
        std::tuple("commit", std::string_view(upload.commit), coordinate_bytes_max),
        std::tuple("testbed", std::string_view(upload.testbed), coordinate_bytes_max),
        std::tuple("ci_url", std::string_view(upload.ci_url), ci_url_bytes_max),
        std::tuple("Idempotency-Key", std::string_view(upload.idempotency_key), idempotency_key_bytes_max)}) {
    if (text.size() > bytes_max) return bad_parameter(fmt::format("{} is longer than {} bytes", name, bytes_max));
    const bool printable =
        std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    if (!text::is_utf8(text)) {
      return bad_parameter(fmt::format("{} is not UTF-8", name));
    }
    if (!printable) return bad_parameter(fmt::format("{} has control characters", name));
  }
  if (!upload.ci_url.empty() && !upload.ci_url.starts_with("https://") && !upload.ci_url.starts_with("http://")) {
    return bad_parameter("ci_url must begin with https:// or http://");
  }
  return std::nullopt;
}

/// The upload's coordinates take precedence over the report's. Missing ones get their default, except the time.
tl::expected<Coordinates, Refusal> place(const Upload& upload, const Report& report, Coordinates stated) {
  const auto take = [](const std::string& from, std::string& to, const char* otherwise) {
    if (!from.empty()) to = from;
    if (to.empty()) to = otherwise;
  };
  take(upload.branch, stated.branch, "main");
  take(upload.commit, stated.commit, "");
  take(upload.testbed, stated.testbed, "default");
  take(upload.ci_url, stated.ci_url, "");
  if (!stated.ci_url.starts_with("http")) stated.ci_url.clear();
  for (const auto& [name, text, to] : {std::tuple("started_at", &upload.started_at, &stated.started_us),
                                       std::tuple("commit_time", &upload.commit_time, &stated.commit_us)}) {
    if (text->empty()) continue;
    *to = times::parse_time_us(*text);
    if (!*to) {
      return tl::unexpected(bad_parameter(fmt::format(
          "{} is not a time: give RFC 3339 (2026-11-23T02:00:00Z) or seconds since 1970, of a year from 1990 to 2199",
          name)));
    }
  }
  if (!stated.started_us) stated.started_us = report.started_us;
  std::sort(stated.environment.begin(), stated.environment.end(),
            [](const Property& a, const Property& b) { return a.name < b.name; });
  return stated;
}

std::string hash_files(const std::vector<formats::SentFile>& files) {
  std::string hashes;
  for (const auto& file : files)
    hashes += text::sha256_hex({file.bytes});
  return hashes;
}

/// Identity of the upload: its bytes and coordinates, whether the request or the report stated them. `where` has no
/// default time yet: the time of arrival must not make the same upload a new one.
std::string hash_content(const Coordinates& where, std::string_view file_hashes) {
  const auto text = [](std::optional<std::int64_t> us) { return us ? std::to_string(*us) : std::string(); };
  return text::sha256_hex(
      {where.branch, where.commit, where.testbed, text(where.started_us), text(where.commit_us), file_hashes});
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
    requests_ = find_quarantine_requests(report_, run_.metrics);
    resolve(connection, store::find_project_revision(connection, run_.project));
    if (resolved_.project.id != 0) judged_ = triage::judge_new(connection, policies_, {run_, resolved_}, state_);
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
    if (!is_on_short_lived_branch(connection)) {
      triage::apply_quarantine_requests(
          connection, project_id, id_, requests_, [&] { return measured_cases(run_.metrics); }, basis.quarantined,
          run_.received_us);
    }
    if (judged_ && judged_->basis != basis) {
      state_.forget_histories();
      judged_.reset();
    }
    if (!judged_) judged_ = triage::judge_new(connection, policies_, {run_, resolved_}, state_);
    revision_ = store::insert_points(connection, run_, resolved_, id_);
    triage::set_ids(*judged_, resolved_, id_);
    verdict_ = triage::save_verdict(connection, project_id, *judged_, id_, run_.received_us);
    find_vanished(connection);
    findings_ = store::count_findings(connection, id_);
  }

  /// Last step, after the commit. Returns the revision that the state is valid for.
  std::int64_t finish() {
    triage::set_ids(state_, resolved_, id_, environment_is_new_);
    return revision_;
  }

  [[nodiscard]] const std::optional<store::StoredRun>& stored_before() const { return stored_before_; }
  [[nodiscard]] bool has_quarantine() const { return !judged_->basis.quarantined.all.empty(); }
  /// What was stored.
  [[nodiscard]] Accepted accepted() {
    return {false, resolved_.project.id, store::as_stored(run_, resolved_, id_, findings_), std::move(verdict_)};
  }

 private:
  void find_vanished(db::Connection& connection) {
    const auto& where = run_.coordinates;
    if (judged_->base || where.purpose != Purpose::trend) return;
    store::PresenceUpload upload{
        .project = resolved_.project.id, .testbed = where.testbed, .branch = where.branch, .at_us = run_.at_us};
    connection.query("SELECT first_part, complete FROM run WHERE id = $1", {id_}, [&](const db::Row& row) {
      upload.first_part = row.integer(0);
      upload.complete = row.integer(1) == 1;
    });
    const auto& counts = run_.counts;
    upload.mostly_failed = 2 * (counts.failed + counts.errored) > counts.cases;
    for (std::size_t i = 0; i < run_.cases.size(); ++i) {
      if (run_.cases[i].status != CaseStatus::passed) upload.not_passed.push_back(resolved_.cases[i]);
    }
    store::update_vanished(connection, upload);
    verdict_.vanished = store::list_vanished(connection, resolved_.project.id,
                                             {where.testbed, where.branch, triage::vanished_listed_max});
  }

  /// Such a run neither begins nor ends a quarantine: it does not speak for the other branches.
  bool is_on_short_lived_branch(db::Connection& connection) {
    const auto policies = triage::policies_of(connection, policies_, resolved_.project.id);
    const auto long_lived = triage::find_long_lived(connection, policies, resolved_.project.id, run_.project);
    return !long_lived.default_branch.empty() && !long_lived.contains(run_.coordinates.branch);
  }

  void resolve(db::Connection& connection, const store::ProjectRevision& project) {
    if (state_.revision() != project.revision) state_.reset(project.revision);
    resolved_ = store::resolve_run(connection, run_, project, state_.directory());
  }

  const triage::Policies& policies_;
  const Report& report_;
  const store::NewRun& run_;
  points::ProjectState& state_;
  std::optional<store::StoredRun> stored_before_;
  std::vector<triage::QuarantineRequest> requests_;
  store::ResolvedRun resolved_;
  std::optional<triage::JudgedRun> judged_;
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
  return {true, stored.project, std::move(*found),
          triage::find_verdict(connection, policies, stored.project, run.project, stored.run)};
}

/// Applies renames that the report states, then replaces former names.
void resolve_names(db::Database& database, const triage::Policies& policies, std::string_view project,
                   const Report& report, Coordinates& coordinates, metrics::ExtractedMetrics& measured) {
  if (const auto renames = find_stated_renames(report); !renames.empty()) {
    for (auto& warning : apply_renames(database, policies, project, report, renames))
      measured.warnings.push_back(std::move(warning));
  }
  database.read(
      [&](db::Connection& connection) { store::resolve_names(connection, project, coordinates, measured.metrics); });
}

}  // namespace

bool is_project_name(std::string_view name) {
  const auto letter_or_digit = [](unsigned char c) { return c < 0x80 && std::isalnum(c) != 0; };
  return !name.empty() && name.size() <= project_name_bytes_max &&
         letter_or_digit(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(),
                     [&](unsigned char c) { return letter_or_digit(c) || c == '.' || c == '_' || c == '-'; });
}

tl::expected<Accepted, Refusal> take_upload(db::Database& database, const triage::Policies& policies,
                                            const Options& options, Upload upload) {
  if (auto refusal = check_parameters(upload)) return tl::unexpected(*refusal);
  const std::string file_hashes = hash_files(upload.files);
  const auto content_type = formats::content_type_of_format(upload.format);
  if (!content_type)
    return tl::unexpected(
        bad_parameter("format is auto (the default), ctest, customBiggerIsBetter or customSmallerIsBetter"));
  std::vector<store::Document> documents;
  auto report = read_files(std::move(upload.files), options, *content_type, &documents);
  if (!report) return tl::unexpected(report.error());
  const auto rules = options.rules.find(upload.project);
  metrics::stabilise_names(*report, rules.names);
  auto measured = metrics::extract_metrics(*report, rules);
  if (!measured.over_limit.empty()) {
    return tl::unexpected(Refusal{Refusal::Kind::over_limit,
                                  "the report states more than the limit " + measured.over_limit + " allows", 0, 0,
                                  measured.over_limit});
  }
  const std::int64_t received_us = now_us();
  auto coordinates = place(upload, *report, measured.coordinates);
  if (!coordinates) return tl::unexpected(coordinates.error());
  const std::string content = hash_content(*coordinates, file_hashes);
  const std::string identity = upload.idempotency_key.empty() ? content : "key:" + upload.idempotency_key;
  if (!coordinates->started_us) coordinates->started_us = received_us;
  // After the identity: the same upload is the same run, whether a name in it was changed since or not.
  resolve_names(database, policies, upload.project, *report, *coordinates, measured);

  const store::NewRun run = {.project = upload.project,
                             .coordinates = *coordinates,
                             .at_us = coordinates->commit_us.value_or(*coordinates->started_us),
                             .received_us = received_us,
                             .identity = identity,
                             .content_sha256 = content,
                             .counts = report->counts,
                             .cases = report->cases,
                             .metrics = measured.metrics,
                             .warnings = measured.warnings,
                             .documents = documents};
  auto checkout = options.cache->check_out(run.project);
  UploadSteps steps(policies, *report, run, checkout.state());
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
    for (auto& warning : triage::expiry_warnings(connection, accepted.project_id, accepted.run.id, received_us))
      accepted.run.warnings.push_back(std::move(warning));
  });
  return accepted;
}

}  // namespace perftrend::intake
