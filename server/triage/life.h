#pragma once
// The life of a regression: what detection may move, what a person may, and who wins. Pure functions.

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "core/model.h"
#include "server/store/regressions.h"

namespace perftrend::triage {

/// The state a record takes when detection finds `found`.
///   A person's acknowledgement outlasts "confirmed", a person's dismissal outlasts everything. What a person reopened
///   is confirmed by that: a mere suspicion is not an action back. What perftrend closed is taken up again when later
///   points show it; what a person reopened against perftrend stays open until a person closes it.
FindingState next_state(const store::RegressionRecord& record, FindingState found);

/// Whether a person brought the record's state.
bool decided_by_person(const store::RegressionRecord& record);

/// What a person does.
struct Action {
  std::string action{};    ///< acknowledge, dismiss, reopen, assign, comment
  std::string reason{};    ///< of a dismissal, and of nothing else: false_alarm, expected, wont_fix, duplicate, other
  std::string note{};      ///< free text
  std::string link{};      ///< http or https, of an issue or a change; empty: none
  std::string assignee{};  ///< of assign, empty: no one; of acknowledge, empty: as it was
};

constexpr std::size_t step_text_bytes_max = 2000;  ///< of each text: a note, not a document

/// Why an action cannot be taken.
struct ActionRefusal {
  bool conflict = false;  ///< the record's state does not allow it; else the action itself is wrong
  std::string cause;
};

/// The record after the action by `actor`.
tl::expected<store::RegressionRecord, ActionRefusal> take_action(store::RegressionRecord record, const Action& action,
                                                                 std::string_view actor);

/// The words of the audit trail for what perftrend does by itself; `reason` is a word of SeriesEpisode or of a record.
std::string_view describe_reason(std::string_view reason);

}  // namespace perftrend::triage
