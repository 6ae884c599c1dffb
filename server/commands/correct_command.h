#pragma once
// `perftrend-server correct`: corrections of stored data without HTTP. It may run while servers use the database.

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/model.h"

namespace perftrend {

struct CorrectOptions {
  std::string database = "perftrend.db";
  std::filesystem::path policies;  ///< TOML file, the same as for serve; empty: the defaults
  std::string project;
  Id run = 0;
  std::string reason;            ///< of the run; required where it is excluded or suspect
  std::string name;              ///< the new name
  std::string kind, was;         ///< of a rename
  std::string suite, classname;  ///< of a renamed case
  std::string testbed, branch;
  Id series = 0;  ///< 0: all series of the run
  std::string unit, values_were, better;
  bool whole_metric = false;
  std::int64_t document = -1, case_ordinal = -1;  ///< -1: everything
};

/// Each prints what it did and returns the exit code.
int run_correct_exclude(const CorrectOptions& options);
int run_correct_include(const CorrectOptions& options);
int run_correct_suspect(const CorrectOptions& options);
int run_correct_as_reported(const CorrectOptions& options);
int run_correct_delete_run(const CorrectOptions& options);
int run_correct_delete_runs(const CorrectOptions& options);
int run_correct_redact(const CorrectOptions& options);
int run_correct_rename(const CorrectOptions& options);
int run_correct_series(const CorrectOptions& options);
int run_correct_delete_series(const CorrectOptions& options);
int run_correct_restart(const CorrectOptions& options);
int run_correct_restart_back(const CorrectOptions& options);
int run_correct_delete_project(const CorrectOptions& options);
int run_correct_rename_project(const CorrectOptions& options);

}  // namespace perftrend
