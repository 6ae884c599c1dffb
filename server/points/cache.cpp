#include "server/points/cache.h"

#include <iterator>
#include <utility>

namespace perftrend::points {
namespace {

std::string state_key(std::string_view project) {
  return "s" + std::string(project);
}

/// Project names have no line feeds.
std::string answer_key(std::string_view project, std::string_view question) {
  std::string key = "a";
  key.append(project).append("\n").append(question);
  return key;
}

}  // namespace

std::size_t SeriesHistory::bytes() const {
  constexpr std::size_t a_point = 4 * sizeof(std::int64_t) + 3 * sizeof(double) + sizeof(char);
  return sizeof(SeriesHistory) + trend.value.size() * a_point + history.bytes();
}

ProjectState::ProjectState(std::int64_t revision, std::size_t bytes_max)
    : revision_(revision), bytes_max_(bytes_max), directory_(bytes_max / 4) {}

SeriesHistory* ProjectState::find(Id series) {
  const auto found = series_.find(series);
  return found == series_.end() ? nullptr : &found->second;
}

void ProjectState::save(Id series, SeriesHistory history) {
  const std::size_t bytes = history.bytes();
  if (const auto found = series_.find(series); found != series_.end()) {
    found->second = std::move(history);
    return;
  }
  if (history.total < points_min || series_bytes_ + directory_.bytes() + bytes > bytes_max_) return;
  series_bytes_ += bytes;
  series_.emplace(series, std::move(history));
}

void ProjectState::reset(std::int64_t revision) {
  *this = ProjectState(revision, bytes_max_);
}

void ProjectState::forget_histories() {
  series_.clear();
  series_bytes_ = 0;
  derived_.reset();
}

std::size_t ProjectState::measure_bytes() {
  series_bytes_ = 0;
  for (const auto& [id, history] : series_)
    series_bytes_ += history.bytes();
  return series_bytes_ + directory_.bytes();
}

Cache::Checkout::Checkout(Cache& cache, std::string project, ProjectState state, std::size_t bytes)
    : cache_(&cache), project_(std::move(project)), state_(std::move(state)), bytes_(bytes) {}

Cache::Checkout::Checkout(Checkout&& other) noexcept
    : cache_(std::exchange(other.cache_, nullptr)),
      project_(std::move(other.project_)),
      state_(std::move(other.state_)),
      bytes_(other.bytes_) {}

Cache::Checkout::~Checkout() {
  if (cache_ != nullptr) cache_->give_back(project_, bytes_, std::nullopt);
}

void Cache::Checkout::save(std::int64_t revision) {
  state_.set_revision(revision);
  std::exchange(cache_, nullptr)->give_back(project_, bytes_, std::move(state_));
}

Cache::Checkout Cache::check_out(std::string_view project) {
  std::string name(project);
  MutexLock lock(mutex_);
  auto& queue = queues_[name];
  const auto ticket = queue.next_ticket++;
  while (queue.serving != ticket)
    served_.wait(lock);
  const auto found = by_key_.find(state_key(project));
  if (found == by_key_.end()) return {*this, std::move(name), ProjectState(0, bytes_max_), 0};
  const auto bytes = found->second->bytes;
  auto state = std::move(*found->second->state);
  erase(found->second);
  bytes_ += bytes;
  return {*this, std::move(name), std::move(state), bytes};
}

void Cache::give_back(const std::string& project, std::size_t bytes, std::optional<ProjectState> state) {
  const std::size_t bytes_now = state ? state->measure_bytes() : 0;
  const MutexLock lock(mutex_);
  bytes_ -= bytes;
  if (state) insert({state_key(project), bytes_now, std::move(state), 0, nullptr});
  const auto queue = queues_.find(project);
  if (++queue->second.serving == queue->second.next_ticket) queues_.erase(queue);
  served_.notify_all();
}

Cache::Text Cache::find_answer(std::string_view project, std::string_view question, std::int64_t revision) {
  const MutexLock lock(mutex_);
  const auto found = by_key_.find(answer_key(project, question));
  if (found == by_key_.end()) return nullptr;
  const auto entry = found->second;
  if (entry->revision != revision) return nullptr;
  entries_.splice(entries_.begin(), entries_, entry);
  return entry->answer;
}

void Cache::save_answer(std::string_view project, std::string_view question, std::int64_t revision, Text answer) {
  const std::size_t bytes = answer->size();
  const MutexLock lock(mutex_);
  insert({answer_key(project, question), bytes, std::nullopt, revision, std::move(answer)});
}

std::size_t Cache::waiting(std::string_view project) const {
  const MutexLock lock(mutex_);
  const auto queue = queues_.find(std::string(project));
  return queue == queues_.end() ? 0 : queue->second.next_ticket - queue->second.serving - 1;
}

std::size_t Cache::bytes() const {
  const MutexLock lock(mutex_);
  return bytes_;
}

void Cache::insert(Cached entry) {
  if (const auto found = by_key_.find(entry.key); found != by_key_.end()) erase(found->second);
  if (entry.bytes > bytes_max_) return;
  bytes_ += entry.bytes;
  entries_.push_front(std::move(entry));
  by_key_[entries_.front().key] = entries_.begin();
  while (bytes_ > bytes_max_ && !entries_.empty())
    erase(std::prev(entries_.end()));
}

void Cache::erase(Entries::iterator entry) {
  bytes_ -= entry->bytes;
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

}  // namespace perftrend::points
