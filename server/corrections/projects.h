#pragma once
// Corrections of a whole project: delete it, rename it.

#include <cstdint>
#include <string>

#include "server/corrections/correction.h"

namespace perftrend::corrections {

/// What a deleted project had.
struct DeletedProject {
  std::int64_t runs = 0, series = 0, points = 0;
  std::int64_t tokens = 0;  ///< tokens for this project alone; they stay valid
};

/// Deletes a project with everything in it. It is out of all lists with the first transaction, and its name is free;
/// its rows are deleted in small transactions after that. The server's audit trail has an entry.
Result<DeletedProject> delete_project(const Site& site, const ProjectRef& project, const Person& person);

/// Deletes the rows of projects whose deletion was interrupted. Returns how many projects.
std::int64_t finish_deletions(db::Database& database);

/// Gives the project another name; its tokens follow. conflict: the name is taken. Policies and retention rules of the
/// server's files that name the old name do not follow.
Result<void> rename_project(const Site& site, const ProjectRef& project, const std::string& name, const Person& person);

/// Names the branch whose runs are the headline of the project. bad_request: the name is empty.
Result<void> set_default_branch(const Site& site, const ProjectRef& project, const std::string& branch,
                                const Person& person);

}  // namespace perftrend::corrections
