#pragma once
// Rows that corrections change: what a person says of a run, and the deletion of runs, series and projects with
// everything that refers to them. Points are in server/points. Functions run in the caller's transaction and judge
// nothing; server/corrections does.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::store {

/// What a person said of a run.
struct RunStatements {
  std::string excluded;          ///< why it is excluded; empty: it is not
  std::string suspect;           ///< why it is not judged; empty: it is
  std::string suspect_reported;  ///< what the report says
  std::string suspect_by;        ///< the person who said otherwise; empty: the report holds
};
RunStatements find_statements(db::Connection& connection, Id run);

/// The reason of a run whose deletion is not finished.
inline constexpr std::string_view being_deleted = "being deleted";

/// An empty reason takes the exclusion back. The points are moved by points::exclude and points::include.
void set_excluded(db::Connection& connection, Id run, std::string_view reason);
bool is_excluded(db::Connection& connection, Id run);
/// `by` is empty where the report holds again; `suspect` is then what the report says.
void set_suspect(db::Connection& connection, Id run, std::string_view suspect, std::string_view by);

/// What was deleted.
struct DeletedRows {
  std::int64_t runs = 0, cases = 0, documents = 0, series = 0, regressions = 0;
  DeletedRows& operator+=(const DeletedRows& more);
};

/// Deletes the run and its documents, cases and common shift. Its points were removed before. Records of regressions
/// that name it: one that begins with it moves to the next point of its series, or is deleted where perftrend closed it
/// or the series has no points; other references move to the nearest point.
DeletedRows delete_run(db::Connection& connection, Id run);

/// Deletes a series that has no points, and its records of regressions.
DeletedRows delete_series(db::Connection& connection, Id series);

/// Uploads of a testbed and branch; empty: any. In the order they were stored.
std::vector<Id> list_lane_uploads(db::Connection& connection, Id project, std::string_view testbed,
                                  std::string_view branch);
std::vector<Id> list_series_of_lane(db::Connection& connection, Id project, std::string_view testbed,
                                    std::string_view branch);

/// Empties one document of the run, or all; `reason` stays with it. Returns how many.
std::int64_t redact_documents(db::Connection& connection, Id run, std::optional<std::int64_t> ordinal,
                              std::string_view reason);
/// Replaces the message of one case of the run, or of all that have one.
std::int64_t redact_messages(db::Connection& connection, Id run, std::optional<std::int64_t> ordinal);

/// Empties the subject of the run and replaces its warnings, which may quote the report.
void redact_run_texts(db::Connection& connection, Id run);

/// Ids of the projects that delete_project_rows has not finished.
std::vector<Id> list_deleted_projects(db::Connection& connection);
/// Takes the project out of all lists; its name is free at once.
void hide_project(db::Connection& connection, Id project);
/// Deletes rows of a hidden project, about `runs_max` runs or as many series. False once the project is gone.
bool delete_project_rows(db::Connection& connection, Id project, int runs_max);

/// The project, and the tokens of it, get another name. The name is free.
void rename_project(db::Connection& connection, Id project, std::string_view name);
/// How many tokens name this project alone.
std::int64_t count_project_tokens(db::Connection& connection, std::string_view project);

}  // namespace perftrend::store
