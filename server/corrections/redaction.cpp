#include "server/corrections/redaction.h"

#include <fmt/format.h>

#include <vector>

#include "server/clock.h"
#include "server/store/audit.h"
#include "server/store/corrections.h"
#include "server/store/run_parts.h"
#include "server/store/runs.h"

namespace perftrend::corrections {
namespace {

/// While it exists, SQLite overwrites what is deleted with zeros. It costs writes, so it is not always on.
class SecureDelete {
 public:
  SecureDelete(db::Connection& connection, db::Dialect dialect)
      : connection_(connection), is_sqlite_(dialect == db::Dialect::sqlite) {
    if (is_sqlite_) connection_.query("PRAGMA secure_delete = ON", {}, [](const db::Row&) {});
  }
  SecureDelete(const SecureDelete&) = delete;
  SecureDelete& operator=(const SecureDelete&) = delete;
  void end() {
    if (is_sqlite_) connection_.query("PRAGMA secure_delete = OFF", {}, [](const db::Row&) {});
  }

 private:
  db::Connection& connection_;
  const bool is_sqlite_;
};

}  // namespace

Result<Redacted> redact(const Site& site, const ProjectRef& project, Id run, const RedactionTarget& target,
                        const Person& person) {
  Redacted redacted;
  bool found = false;
  const bool everything = !target.document && !target.case_ordinal;
  site.database.write([&](db::Connection& connection) {
    const auto stored = store::find_run(connection, project.id, run);
    if (!stored) return;
    found = true;
    SecureDelete secure(connection, site.database.dialect());
    const auto reason = fmt::format("{}{}{}", person.name, person.note.empty() ? "" : ": ", person.note);
    const auto parts = everything ? store::list_part_ids(connection, run) : std::vector<Id>{stored->id};
    for (const Id part : parts) {
      if (everything || target.document)
        redacted.documents += store::redact_documents(connection, part, target.document, reason);
      if (everything || target.case_ordinal)
        redacted.messages += store::redact_messages(connection, part, target.case_ordinal);
      if (everything) store::redact_run_texts(connection, part);
    }
    secure.end();
    if (redacted.documents + redacted.messages == 0 && !everything) return;
    auto note = fmt::format("{} documents, {} messages", redacted.documents, redacted.messages);
    if (!person.note.empty()) note += ": " + person.note;
    store::add_audit(connection, {0, project.id, now_us(), person.name, "run", run, "redacted", "", "", note, ""});
  });
  const auto missing = [&](std::string what) {
    return tl::unexpected(CorrectionRefusal{CorrectionRefusal::Kind::not_found, std::move(what)});
  };
  if (!found) return missing(fmt::format("run {} in project {}", run, project.name));
  if (target.document && redacted.documents == 0)
    return missing(fmt::format("document {} of run {}", *target.document, run));
  if (target.case_ordinal && redacted.messages == 0)
    return missing(fmt::format("case {} of run {}", *target.case_ordinal, run));
  return redacted;
}

}  // namespace perftrend::corrections
