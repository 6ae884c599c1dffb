#pragma once
// `perftrend-server reprocess`: what the present reader and rules make of the documents that are stored.

#include <filesystem>
#include <string>

namespace perftrend {

struct ReprocessOptions {
  std::filesystem::path database = "perftrend.db";
  std::filesystem::path policies;  ///< as `serve` is given: its rules say what is taken, its policies judge again
  std::string project;             ///< empty: all
  bool apply = false;              ///< store the new reading; needs the database for itself
  bool verbose = false;            ///< every line of a run, not the first few
};

/// On stdout each run that is read otherwise, with what is, and a sum; progress on stderr. Returns exit_ok where all is
/// the same or, with `apply`, was made so; exit_failed where it is not or a document cannot be read now.
int run_reprocess(const ReprocessOptions& options);

}  // namespace perftrend
