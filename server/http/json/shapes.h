#pragma once
// The API's JSON objects (schema/openapi/) of what the store and triage hold. Each function writes the members of one
// object, so that an answer can add its own; JsonWriter::value() writes the object itself.

#include <cstdint>

#include "core/model.h"
#include "server/http/json/json_writer.h"
#include "server/store/audit.h"
#include "server/store/projects.h"
#include "server/store/regressions.h"
#include "server/store/run_parts.h"
#include "server/store/runs.h"
#include "server/store/series.h"
#include "server/triage/run_verdict.h"

namespace perftrend::http {

void write_members(JsonWriter& out, const CaseKey& key);
void write_members(JsonWriter& out, const store::Project& project);
void write_members(JsonWriter& out, const store::Run& run);
void write_members(JsonWriter& out, const store::RunPart& part);
void write_members(JsonWriter& out, const store::RunCase& run_case);
void write_members(JsonWriter& out, const store::RunPoint& point);
void write_members(JsonWriter& out, const store::Document& document);
void write_members(JsonWriter& out, const store::SeriesKey& series);
/// A series of a list, and the accepted points that its policy requires before a point is judged.
struct ListedSeries {
  const store::Series& series;
  int minimum_points = 0;
};
void write_members(JsonWriter& out, const ListedSeries& of);
void write_members(JsonWriter& out, const store::Regression& regression);
void write_members(JsonWriter& out, const store::CommonShift& common_shift);
void write_members(JsonWriter& out, const store::AuditEntry& entry);

/// The counts of a run, which the answer to an upload has as well.
void write_counts(JsonWriter& out, const Counts& counts, std::int64_t points);

void write_members(JsonWriter& out, const triage::BranchBase& base);
void write_members(JsonWriter& out, const store::VanishedSeries& vanished);
void write_members(JsonWriter& out, const store::VanishedPage& vanished);

/// A finding, and the version of the project's own policies that judged it.
struct VersionedFinding {
  const triage::Finding& finding;
  std::int64_t version = 0;
};
void write_members(JsonWriter& out, const VersionedFinding& of);

}  // namespace perftrend::http
