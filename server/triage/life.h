#pragma once
// The life of a regression: what detection may move, what a person may, and who wins. Pure functions.

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/store/regressions.h"

namespace perftrend::triage {

/// The state a record takes when detection finds `found`, which the run `decided_run` decided.
///   A person's acknowledgement outlasts "confirmed", a person's dismissal outlasts everything. What a person reopened
///   stays open until a person closes it, or until a run after the reopening shows that the level returned: another
///   policy or an older run does not close it. What perftrend closed is taken up again when later points show it.
FindingState next_state(const store::RegressionRecord& record, FindingState found, Id decided_run);

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

/// The record after the action by `actor`; `newest_run` is the newest run of the project, 0: it has none.
tl::expected<store::RegressionRecord, ActionRefusal> take_action(store::RegressionRecord record, const Action& action,
                                                                 std::string_view actor, Id newest_run);

/// The sentence for `reason`, a word of SeriesEpisode or of a record; empty for another word. docs/regressions.md lists
/// them.
std::string_view describe_reason(std::string_view reason);
/// Every word that describe_reason explains.
std::vector<std::string_view> list_reasons();

}  // namespace perftrend::triage
