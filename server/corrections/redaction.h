#pragma once
// Redaction: bytes that must not stay in the database, for example a secret in the output of a test.

#include <cstdint>
#include <optional>

#include "server/corrections/correction.h"

namespace perftrend::corrections {

/// What is redacted; nothing else: all documents and messages of the run.
struct RedactionTarget {
  std::optional<std::int64_t> document;  ///< its index
  std::optional<std::int64_t> case_ordinal;
};

struct Redacted {
  std::int64_t documents = 0, messages = 0;
};

/// Overwrites the documents and the messages of cases; names, results and points stay. A redacted run cannot be
/// reprocessed. The freed pages of a SQLite file are overwritten with zeros. not_found: there is no such document or
/// case.
Result<Redacted> redact(const Site& site, const ProjectRef& project, Id run, const RedactionTarget& target,
                        const Person& person);

}  // namespace perftrend::corrections
