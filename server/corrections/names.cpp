#include "server/corrections/names.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "server/clock.h"
#include "server/corrections/join.h"
#include "server/points/points.h"
#include "server/store/audit.h"
#include "server/store/lanes.h"
#include "server/store/metric_statements.h"
#include "server/store/quarantine.h"
#include "server/store/series.h"
#include "server/triage/run_verdict.h"
#include "server/triage/shifts_of_runs.h"

namespace perftrend::corrections {
namespace {

constexpr std::size_t name_bytes_max = 500;
constexpr std::size_t cases_of_a_pattern_max = 10'000;  ///< each is a few statements of one transaction

std::string text_of(const CaseKey& key) {
  return fmt::format("{} / {} / {}", key.suite, key.classname, key.name);
}

tl::unexpected<CorrectionRefusal> refuse(CorrectionRefusal::Kind kind, std::string cause) {
  return tl::unexpected(CorrectionRefusal{kind, std::move(cause)});
}

/// One rename, in one transaction: the names of runs and of series have to agree for every reader.
class Rename {
 public:
  Rename(db::Connection& connection, const Site& site, const ProjectRef& project, const Person& person)
      : connection_(connection), site_(site), project_(project), person_(person), now_us_(now_us()) {}

  [[nodiscard]] const Renamed& done() const { return done_; }

  /// False where no case is called `was`.
  bool rename_with_labels(const CaseKey& was, const CaseKey& key) {
    const auto cases = store::list_cases_with_labels(connection_, project_.id, was);
    for (const auto& each : cases) {
      CaseKey becomes = key;
      becomes.name += each.key.name.substr(was.name.size());
      rename_one(each.id, each.key, becomes);
    }
    if (cases.empty()) return false;
    audit("case", cases.front().id, text_of(was), text_of(key));
    judge_joined();
    return true;
  }

  void rename_name(store::NameKind kind, const std::string& was, const std::string& name) {
    take_series(store::pair_series(connection_, project_.id, kind, name, was), [](Id) {});
    for (const auto& pair : store::pair_series(connection_, project_.id, kind, was, name)) {
      store::set_series_name(connection_, pair.was, kind, name);
      ++done_.series;
    }
    store::rename_in_runs(connection_, project_.id, kind, was, name);
    if (kind == store::NameKind::metric) store::rename_metric_statement(connection_, project_.id, was, name);
    is_lane_renamed_ = kind != store::NameKind::metric;
    store::add_alias(connection_, project_.id, kind, was, name, person_.name, now_us_);
    audit(store::kind_name(kind), 0, was, name);
    judge_joined();
  }

 private:
  void rename_one(Id id, const CaseKey& was, const CaseKey& key) {
    if (const auto other = store::find_case(connection_, project_.id, key)) {
      const auto take = [&](Id series) { store::set_series_case(connection_, series, id); };
      take_series(store::pair_series(connection_, project_.id, *other, id), take);
      store::merge_cases(connection_, project_.id, *other, id, now_us_);
    }
    store::rename_case(connection_, project_.id, id, was, key, person_.name, now_us_);
    const auto series = store::list_series_keys(connection_, project_.id, id, 0, INT32_MAX);
    done_.series += static_cast<std::int64_t>(series.size());
    ++done_.cases;
  }

  /// Joins the series of the new name into those of the old one; `take` moves one without a counterpart.
  template <typename Take>
  void take_series(const std::vector<store::SeriesPair>& pairs, const Take& take) {
    for (const auto& [of_new, of_old] : pairs) {
      if (of_old == 0) {
        take(of_new);
        continue;
      }
      done_.points_removed += join_series(connection_, project_.id, of_new, of_old);
      joined_.push_back(of_old);
      ++done_.joined;
    }
  }

  void judge_joined() {
    if (done_.joined > 0 || is_lane_renamed_) store::recount_lanes(connection_, project_.id);
    triage::judge_series_again(connection_, site_.policies, project_.id, project_.name, joined_, now_us_);
    joined_.clear();
  }

  void audit(std::string_view subject, Id id, const std::string& was, const std::string& name) {
    std::string note = done_.joined == 0 ? "" : fmt::format("joined {} series that had the new name", done_.joined);
    if (!person_.note.empty()) note += (note.empty() ? "" : ": ") + person_.note;
    store::add_audit(connection_,
                     {0, project_.id, now_us_, person_.name, std::string(subject), id, "renamed", was, name, note, ""});
  }

  db::Connection& connection_;
  const Site& site_;
  const ProjectRef& project_;
  const Person& person_;
  const std::int64_t now_us_;
  Renamed done_;
  std::vector<Id> joined_;
  bool is_lane_renamed_ = false;
};

/// Runs `work` in a transaction; a conflict of units rolls it back.
template <typename Work>
Result<Renamed> in_transaction(const Site& site, const ProjectRef& project, const Person& person, const Work& work) {
  Renamed done;
  std::optional<CorrectionRefusal> refusal;
  try {
    site.database.write([&](db::Connection& connection) {
      Rename rename(connection, site, project, person);
      refusal = work(connection, rename);
      done = rename.done();
    });
  } catch (const CannotJoin& error) {
    return refuse(CorrectionRefusal::Kind::conflict, error.what());
  }
  if (refusal) return tl::unexpected(std::move(*refusal));
  if (done.joined > 0) triage::restore_common_shifts(site.database, site.policies, project.id, project.name);
  return done;
}

std::optional<CorrectionRefusal> find_fault(std::string_view was, std::string_view name) {
  const auto bad = [](std::string cause) {
    return CorrectionRefusal{CorrectionRefusal::Kind::bad_request, std::move(cause)};
  };
  if (name.empty()) return bad("the new name is empty");
  if (was == name) return bad("the old name and the new one are the same");
  if (name.size() > name_bytes_max) return bad(fmt::format("a name has at most {} bytes", name_bytes_max));
  return std::nullopt;
}

/// The text that * matches; nullopt where `text` does not match. An empty pattern matches any text.
std::optional<std::string> match(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return "";
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text ? std::optional<std::string>("") : std::nullopt;
  const auto before = pattern.substr(0, star);
  const auto after = pattern.substr(star + 1);
  if (text.size() < before.size() + after.size() || !text.starts_with(before) || !text.ends_with(after))
    return std::nullopt;
  return std::string(text.substr(before.size(), text.size() - before.size() - after.size()));
}

std::string filled(std::string_view pattern, const std::string& text, const std::string& as_before) {
  if (pattern.empty()) return as_before;
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return std::string(pattern);
  return std::string(pattern.substr(0, star)) + text + std::string(pattern.substr(star + 1));
}

/// What a case that matches is called then; nullopt where it does not match.
std::optional<CaseKey> becomes(const CaseKey& key, const CasePattern& was, const CasePattern& pattern) {
  const auto suite = match(was.suite, key.suite);
  const auto classname = match(was.classname, key.classname);
  const auto name = match(was.name, key.name);
  if (!suite || !classname || !name) return std::nullopt;
  return CaseKey{filled(pattern.suite, *suite, key.suite), filled(pattern.classname, *classname, key.classname),
                 filled(pattern.name, *name, key.name)};
}

}  // namespace

Result<Renamed> rename_case(const Site& site, const ProjectRef& project, const CaseKey& was, const CaseKey& key,
                            const Person& person) {
  if (auto fault = find_fault(text_of(was), text_of(key))) return tl::unexpected(std::move(*fault));
  return in_transaction(site, project, person,
                        [&](db::Connection& connection, Rename& rename) -> std::optional<CorrectionRefusal> {
                          if (rename.rename_with_labels(was, key)) return std::nullopt;
                          const auto former = store::find_former_case(connection, project.id, was);
                          if (former && former == store::find_case(connection, project.id, key)) return std::nullopt;
                          return CorrectionRefusal{CorrectionRefusal::Kind::not_found,
                                                   fmt::format("case '{}' (suite '{}', classname '{}') in project {}",
                                                               was.name, was.suite, was.classname, project.name)};
                        });
}

Result<Renamed> rename(const Site& site, const ProjectRef& project, store::NameKind kind, const std::string& was,
                       const std::string& name, const Person& person) {
  if (auto fault = find_fault(was, name)) return tl::unexpected(std::move(*fault));
  return in_transaction(
      site, project, person, [&](db::Connection& connection, Rename& rename) -> std::optional<CorrectionRefusal> {
        if (store::resolve_name(connection, project.id, kind, was) == name) return std::nullopt;
        if (!store::is_name_used(connection, project.id, kind, was)) {
          return CorrectionRefusal{CorrectionRefusal::Kind::not_found,
                                   fmt::format("{} {} in project {}", store::kind_name(kind), was, project.name)};
        }
        rename.rename_name(kind, was, name);
        return std::nullopt;
      });
}

Result<Renamed> rename_cases(const Site& site, const ProjectRef& project, const CasePattern& was,
                             const CasePattern& pattern, const Person& person) {
  return in_transaction(site, project, person,
                        [&](db::Connection& connection, Rename& rename) -> std::optional<CorrectionRefusal> {
                          std::vector<std::pair<CaseKey, CaseKey>> renames;
                          for (const auto& each : store::list_cases(connection, project.id)) {
                            auto key = becomes(each.key, was, pattern);
                            if (key && *key != each.key) renames.emplace_back(each.key, std::move(*key));
                          }
                          if (renames.empty()) {
                            return CorrectionRefusal{CorrectionRefusal::Kind::not_found,
                                                     fmt::format("a case that matches in project {}", project.name)};
                          }
                          if (renames.size() > cases_of_a_pattern_max) {
                            return CorrectionRefusal{
                                CorrectionRefusal::Kind::bad_request,
                                fmt::format("{} cases match, at most {} can be renamed at once: use a narrower pattern",
                                            renames.size(), cases_of_a_pattern_max)};
                          }
                          for (const auto& [old, key] : renames)
                            rename.rename_with_labels(old, key);
                          return std::nullopt;
                        });
}

}  // namespace perftrend::corrections
