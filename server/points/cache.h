#pragma once
// In-memory cache of what is derived from stored points: for each project its directory of series and the replayed
// histories of its series (ProjectState), and answers about trends as rendered text. All of it shares one memory
// budget; the entries used longest ago are evicted. Every entry is valid for one project revision (revision.h), so
// neither another server process nor a rollback can make it wrong, and losing it only costs time. A server has one
// Cache for its database.

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/detect/history.h"
#include "core/model.h"
#include "core/text/thread_annotations.h"
#include "server/points/series_directory.h"
#include "server/points/trend.h"

namespace perftrend::points {

/// The newest points of one series and their replayed history, which grows with each new point.
struct SeriesHistory {
  TrendColumns trend;  ///< without commits
  detect::GrowingHistory history;
  std::int64_t total = 0;  ///< points of the series; `trend` may hold fewer

  [[nodiscard]] std::size_t bytes() const;
};

/// What is known of one project, valid for `revision`. One thread at a time.
class ProjectState {
 public:
  ProjectState() : ProjectState(0, 0) {}
  ProjectState(std::int64_t revision, std::size_t bytes_max);

  [[nodiscard]] std::int64_t revision() const { return revision_; }
  void set_revision(std::int64_t revision) { revision_ = revision; }
  SeriesDirectory& directory() { return directory_; }

  /// nullptr where the series is unknown. The caller may change what it finds.
  SeriesHistory* find(Id series);
  /// Stores or replaces the history, unless it is short or the limit is reached: a report may bring hundreds of
  /// thousands of new series, and few of them get a second point.
  void save(Id series, SeriesHistory history);

  /// What another module derives from the histories. Dropped together with them; its size is not counted.
  std::shared_ptr<void>& derived() { return derived_; }

  /// Forgets everything; the next entries are valid for `revision`.
  void reset(std::int64_t revision);
  /// Forgets the histories; the directory stays.
  void forget_histories();

  /// Approximate memory use. Costs a look at every history.
  [[nodiscard]] std::size_t measure_bytes();

  /// Shorter histories are not stored.
  static constexpr std::int64_t points_min = 4;

 private:
  std::int64_t revision_;
  std::size_t bytes_max_;
  std::size_t series_bytes_ = 0;  ///< growth since the last measure_bytes is not included
  std::unordered_map<Id, SeriesHistory> series_;
  std::shared_ptr<void> derived_;
  SeriesDirectory directory_;  ///< at most a quarter of the limit
};

/// Any thread may call every function.
class Cache {
 public:
  /// The exclusive right to one project's state. Others who check out the same project wait, first come, first served.
  /// The state is dropped with this object, unless save() gives it back.
  class Checkout {
   public:
    Checkout(Checkout&& other) noexcept;
    Checkout& operator=(Checkout&&) = delete;
    Checkout(const Checkout&) = delete;
    Checkout& operator=(const Checkout&) = delete;
    ~Checkout();

    ProjectState& state() { return state_; }
    /// Gives the state back, valid for `revision`: that of a transaction which was committed.
    void save(std::int64_t revision);

   private:
    friend class Cache;
    Checkout(Cache& cache, std::string project, ProjectState state, std::size_t bytes);

    Cache* cache_;  ///< null once this was moved from, or the state was given back
    std::string project_;
    ProjectState state_;
    std::size_t bytes_;  ///< of the state when it was taken
  };

  using Text = std::shared_ptr<const std::string>;

  /// A budget of 0 remembers nothing.
  explicit Cache(std::size_t bytes_max = bytes_max_default) : bytes_max_(bytes_max) {}

  /// Waits until the project's state is free and takes it. The state is empty where none is known; the caller compares
  /// its revision with that of the database.
  Checkout check_out(std::string_view project);

  /// The answer to `question` about the project, saved for the same revision; nullptr where none is cached. The
  /// question names all that the answer follows from, apart from the stored points.
  Text find_answer(std::string_view project, std::string_view question, std::int64_t revision);
  /// Replaces the answer to `question`, whatever revision it was valid for.
  void save_answer(std::string_view project, std::string_view question, std::int64_t revision, Text answer);

  /// How many threads wait for the project's state.
  [[nodiscard]] std::size_t waiting(std::string_view project) const;

  /// Approximate memory use. States that are checked out count with the size they had then.
  [[nodiscard]] std::size_t bytes() const;

  /// A point in a history takes about 200 bytes, a point in an answer about 130.
  static constexpr std::size_t bytes_max_default = std::size_t{320} << 20U;

 private:
  /// One project's state, or one answer.
  struct Cached {
    std::string key;
    std::size_t bytes = 0;
    std::optional<ProjectState> state;
    std::int64_t revision = 0;  ///< of the answer
    Text answer;
  };
  using Entries = std::list<Cached>;
  /// Who may check out a project: tickets are served in order.
  struct Queue {
    std::uint64_t next_ticket = 0, serving = 0;
  };

  /// Ends a checkout of `bytes`; without a state it is dropped.
  void give_back(const std::string& project, std::size_t bytes, std::optional<ProjectState> state);
  void insert(Cached entry) REQUIRES(mutex_);
  void erase(Entries::iterator entry) REQUIRES(mutex_);

  const std::size_t bytes_max_;
  mutable Mutex mutex_;
  ConditionVariable served_;
  std::unordered_map<std::string, Queue> queues_ GUARDED_BY(mutex_);  ///< projects that are checked out
  Entries entries_ GUARDED_BY(mutex_);                                ///< newest use first
  std::unordered_map<std::string, Entries::iterator> by_key_ GUARDED_BY(mutex_);
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;  ///< of all entries and of what is checked out
};

}  // namespace perftrend::points
