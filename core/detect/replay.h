#pragma once
// Replay of one series through the gate, point by point. Its state at point i depends only on points 0..i. Used by
// history.h; not thread-safe.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/detect/baseline.h"
#include "core/detect/environments.h"
#include "core/detect/history.h"
#include "core/detect/level_shift.h"
#include "core/detect/verdict.h"

namespace perftrend::detect {

/// A flagged point that waits for confirmation. Without `episode` it is a possible return to an earlier level.
struct Candidate {
  std::optional<std::size_t> episode;
  std::size_t first = 0;
  std::size_t last_agreeing = 0;
  double direction = 1;  ///< +1 up, -1 down
  double deviation = 0;  ///< of the first point from the centre
  int followers = 0;     ///< points since then that are not suspect
  int agreeing = 0;
  std::vector<double> values;  ///< since `first`
};

struct Excursion {
  std::size_t index = 0;
  double deviation = 0;  ///< from the centre, signed
};

/// A confirmed new level, in the frame.
struct ConfirmedShift {
  std::size_t first = 0;
  double before = 0;
  double after = 0;
  [[nodiscard]] double direction() const { return after > before ? 1 : -1; }
};

/// Levels of an episode in the frame, and the environment that alone shows it, if only one does.
struct EpisodeLevels {
  double before = 0;
  double after = 0;
  std::optional<std::int64_t> only_in;
};

/// Whether the value is at least half of the way from the centre to the edge of the band, up (+1) or down (-1).
bool agrees(const Judgement& judgement, double value, double direction);

class Replay {
 public:
  Replay(const Policy& policy, std::size_t points);

  void step(Observation point);
  [[nodiscard]] Judgement judge_next(Observation point) const;
  /// Everything found so far; the caller may set its change points and drift.
  History& found();
  [[nodiscard]] const Policy& policy() const { return policy_; }
  /// The value in the frame by what is known of its environment now. A regression that only one environment shows is
  /// part of the value.
  [[nodiscard]] double to_frame(double value, std::int64_t environment) const;
  [[nodiscard]] std::size_t environments() const { return environments_.size(); }
  /// Grows with every change of what to_frame returns for a point that was added before.
  [[nodiscard]] std::size_t translations() const { return translations_; }

 private:
  // replay.cpp: the gate
  void restart();
  Judgement judge(const Environment& here, const Observation& point);
  [[nodiscard]] bool has_been_this_far(double deviation) const;
  void decide(Judgement& judgement, double value, double framed);
  void follow(const Judgement& judgement, double value, double framed);
  void suspect_shift(const Judgement& judgement, double value, double framed);
  void dismiss_candidate(Ending ending = Ending::not_confirmed);
  std::optional<double> significant_level(const std::vector<double>& values, double direction);
  std::optional<ConfirmedShift> confirmed_by_followers();
  std::optional<ConfirmedShift> confirmed_by_evidence(const Judgement& judgement);
  void confirm_episode(const ConfirmedShift& shift, std::optional<std::size_t> suspected,
                       std::optional<std::int64_t> only_in);
  std::optional<std::size_t> take_candidate(ConfirmedShift& shift);
  void adopt(const ConfirmedShift& found);
  bool fix_episodes(ConfirmedShift& shift, std::optional<std::int64_t> only_in);
  void fix_what_drifted_back();
  void end_episode(std::size_t episode, std::size_t last);
  void accept_newest();
  [[nodiscard]] bool undone_at(std::size_t episode, double level) const;
  [[nodiscard]] bool worse(double direction) const { return (direction > 0) == (policy_.better == Better::lower); }
  std::size_t add_episode(Episode episode, const EpisodeLevels& levels);
  void dismiss_episode(std::size_t episode, Ending ending);

  // replay_environments.cpp: environments that come and go
  Environment& enter(const Observation& point);
  Environment& here() { return environments_[here_]; }
  [[nodiscard]] bool several() const { return environments_.size() > 1; }
  /// True when the point belongs to a step that coincides with the environment, and to nothing else.
  bool capture(Judgement& judgement, const Observation& point, double framed);
  bool explain_by_shift(const Judgement& judgement, const Observation& point, double framed);
  [[nodiscard]] Translation expected(const Environment& of) const;
  [[nodiscard]] bool is_beyond_common(const Environment& of, double before, double after) const;
  void apply_common_shift(Environment& of);
  Translation translate(Environment& of, const ConfirmedShift& effect);
  void note_effect(Environment& of, const Translation& old, const ConfirmedShift& effect, std::size_t episode);
  void replace_baseline();
  bool follow_capture(Judgement& judgement, double value, double framed);
  [[nodiscard]] std::optional<double> level_from_learning(const Environment& of, const Judgement& judgement,
                                                          double value) const;
  void begin_capture(const Judgement& judgement, double value, double framed);
  bool continue_other_capture(const Judgement& judgement, double framed);
  [[nodiscard]] bool is_trial(const Environment& environment) const;
  void dismiss_capture(Environment& of);
  void suspect_captured(const Environment& of, Capture begun);
  void settle(Environment& of, const ConfirmedShift& effect, std::optional<std::size_t> episode);
  void separate();
  [[nodiscard]] bool is_shown_by_environments(const ConfirmedShift& shift) const;
  [[nodiscard]] bool coincides(const ConfirmedShift& shift) const;
  void note_streak(const Judgement& judgement, double framed);
  std::optional<ConfirmedShift> confirmed_here_only();
  void adopt_here_only(const ConfirmedShift& found);
  [[nodiscard]] const RecentPoint* find_recent(std::size_t index) const;
  [[nodiscard]] const Environment* find_environment(std::int64_t id) const;
  [[nodiscard]] double from_frame_at(std::size_t index, double framed) const;

  Policy policy_;
  RollingBaseline baseline_;
  History history_;
  std::vector<EpisodeLevels> levels_;  ///< of history_.episodes
  std::size_t index_ = 0;
  std::size_t segment_start_ = 0;
  bool after_change_ = false;        ///< the segment began with a confirmed change, so the spread is known
  std::vector<RecentPoint> recent_;  ///< points of the segment that are not suspect, newest last, at most a window
  std::vector<Environment> environments_;
  std::size_t here_ = 0;  ///< environment of the newest point
  std::size_t translations_ = 0;
  std::optional<Candidate> candidate_;
  std::vector<std::size_t> open_;  ///< confirmed episodes, oldest first
  std::optional<std::size_t> last_unsuspect_;
  Translation last_translation_;       ///< of the environment of that point
  std::vector<Excursion> excursions_;  ///< oldest first
  std::vector<double> scratch_;
  double critical_ = 0;
  double critical_degrees_ = -1;
  int critical_points_ = -1;
};

}  // namespace perftrend::detect
