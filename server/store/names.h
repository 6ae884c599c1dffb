#pragma once
// Former names of cases, testbeds, branches and metrics. An upload that uses one belongs to what has it now. Functions
// run in the caller's transaction and judge nothing; server/corrections does.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::store {

/// What a name other than that of a case is a name of. The numbers are stored.
enum class NameKind { testbed = 1, branch = 2, metric = 3 };

/// "testbed", "branch", "metric": also the column of `series`.
std::string_view kind_name(NameKind kind);

/// One former name.
struct Alias {
  Id id = 0;
  std::optional<NameKind> kind;  ///< nullopt: of a case
  CaseKey was_case, is_case;     ///< of a case
  std::string was, is;           ///< of anything else
  std::string created_by;
  std::int64_t created_us = 0;
};
/// Newest first.
std::vector<Alias> list_aliases(db::Connection& connection, Id project);

/// The case that had this name; nullopt where it does not exist.
std::optional<Id> find_former_case(db::Connection& connection, Id project, const CaseKey& key);

/// The name that `name` leads to: itself where it is not a former name.
std::string resolve_name(db::Connection& connection, Id project, NameKind kind, std::string_view name);
/// Replaces former names by those that they lead to: of testbed, branch and metrics. True where it replaced one.
bool resolve_names(db::Connection& connection, std::string_view project, Coordinates& coordinates,
                   std::vector<MetricValue>& metrics);
/// The same for cases and metrics of a report that was stored before.
void resolve_case_names(db::Connection& connection, Id project, std::vector<ReportCase>& cases,
                        std::vector<MetricValue>& metrics);

/// Whether testbed or branch is a former name.
bool has_former_name(db::Connection& connection, Id project, const Coordinates& coordinates);
/// Former names of the kind and what they lead to.
std::map<std::string, std::string, std::less<>> former_names(db::Connection& connection, Id project, NameKind kind);

/// The case has the name `key` from now on, and `was` leads to it. No other case has that name.
void rename_case(db::Connection& connection, Id project, Id case_id, const CaseKey& was, const CaseKey& key,
                 std::string_view by, std::int64_t now_us);
/// `was` leads to `name` from now on, also where it led to `was` before. Rows with the old name stay as they are.
void add_alias(db::Connection& connection, Id project, NameKind kind, std::string_view was, std::string_view name,
               std::string_view by, std::int64_t now_us);
/// Runs with the old name have the new one.
void rename_in_runs(db::Connection& connection, Id project, NameKind kind, std::string_view was, std::string_view name);

/// The case and its labelled ones: "decode", "decode[Prompt 0]", …
struct NamedCase {
  Id id = 0;
  CaseKey key;
};
std::vector<NamedCase> list_cases_with_labels(db::Connection& connection, Id project, const CaseKey& key);

/// All cases of the project.
std::vector<NamedCase> list_cases(db::Connection& connection, Id project);

/// Whether a series or a run has the name.
bool is_name_used(db::Connection& connection, Id project, NameKind kind, std::string_view name);

/// Moves results, quarantine and former names of case `from` to case `to`, and deletes `from`, which has no series. Of
/// two current quarantine entries that of `to` stays; the other is closed.
void merge_cases(db::Connection& connection, Id project, Id from, Id to, std::int64_t now_us);

/// Pairs of series that have the same identity once one name is replaced by another.
struct SeriesPair {
  Id was = 0;
  Id is = 0;  ///< 0: no series has the new name yet
};
/// Of two cases.
std::vector<SeriesPair> pair_series(db::Connection& connection, Id project, Id was, Id is);
std::vector<SeriesPair> pair_series(db::Connection& connection, Id project, NameKind kind, std::string_view was,
                                    std::string_view is);
void set_series_case(db::Connection& connection, Id series, Id case_id);
void set_series_name(db::Connection& connection, Id series, NameKind kind, std::string_view name);

/// Moves records of regressions and baseline restarts of series `from` to series `to`, and deletes `from`, which has no
/// points.
void merge_series(db::Connection& connection, Id from, Id to);
/// Multiplies the levels of the series' records.
void rescale_records(db::Connection& connection, Id series, double factor);

}  // namespace perftrend::store
