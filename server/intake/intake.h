#pragma once
// The way of an upload: bytes -> report -> metrics -> one durable transaction -> judged. Used by the HTTP upload and
// by `import`, so both give the same answers. Any thread.

#include <tl/expected.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/formats/unpack.h"
#include "core/junit/junit_reader.h"
#include "core/metrics/metrics.h"
#include "server/db/sql.h"
#include "server/intake/project_rules.h"
#include "server/points/points.h"
#include "server/store/runs.h"
#include "server/triage/policies.h"
#include "server/triage/run_verdict.h"

namespace perftrend::intake {

/// What a client states of its upload; empty: not stated. Times are text, as sent.
struct Upload {
  std::string project;
  std::string branch, commit, testbed, ci_url, started_at, commit_time;
  std::string run_key, shard, parts, purpose, base_branch, base_commit;
  std::string idempotency_key;
  std::string format = "auto";  ///< of content_type_of_format: what all files are, whatever they say of themselves
  std::vector<formats::SentFile> files;  ///< together one run; each a document or an archive of documents
  std::vector<std::string> warnings;     ///< about the request itself
};

/// The upload is at fault; nothing was stored.
struct Refusal {
  enum class Kind { malformed, over_limit, bad_parameter, conflict };
  Kind kind = Kind::malformed;
  std::string cause;
  std::size_t line = 0, column = 0;  ///< 1-based; 0: no place
  std::string limit;                 ///< name of the limit passed
};

struct Accepted {
  bool already_there = false;
  Id project_id = 0;
  Id run_id = 0;   ///< of the run, which is its first part
  store::Run run;  ///< the upload alone, with the warnings of the moment: a quarantine that has expired
  triage::RunVerdict verdict;
};

struct Options {
  junit::ReadLimits limits;      ///< of one document, and of all together
  formats::UnpackLimits unpack;  ///< of archives
  ProjectRules rules;            ///< which metrics are read from which project's reports
  /// What is remembered of the database that uploads go to: one cache for each database.
  std::shared_ptr<points::Cache> cache = std::make_shared<points::Cache>();
};

/// Throws as db/sql.h says; then nothing was stored, or it was and the same upload again will say so.
tl::expected<Accepted, Refusal> take_upload(db::Database& database, const triage::Policies& policies,
                                            const Options& options, Upload upload);

/// A project's name: 1 to 100 of A-Z a-z 0-9 . _ - beginning with a letter or digit.
bool is_project_name(std::string_view name);

/// The document as it was uploaded.
std::string unpack(const store::Document& document);

}  // namespace perftrend::intake
