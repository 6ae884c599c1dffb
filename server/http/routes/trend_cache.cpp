#include "server/http/routes/trend_cache.h"

#include <iterator>
#include <utility>

namespace perftrend::http {

TrendCache::Text TrendCache::find(const Key& key, const Basis& basis) {
  const MutexLock lock(mutex_);
  const auto at = by_key_.find(key);
  if (at == by_key_.end() || at->second->basis != basis) return nullptr;
  entries_.splice(entries_.begin(), entries_, at->second);
  return entries_.front().text;
}

void TrendCache::save(const Key& key, const Basis& basis, Text text) {
  const MutexLock lock(mutex_);
  if (const auto at = by_key_.find(key); at != by_key_.end()) evict(at->second);
  if (text->size() > bytes_max_) return;
  bytes_ += text->size();
  entries_.push_front({key, basis, std::move(text)});
  by_key_[key] = entries_.begin();
  while (bytes_ > bytes_max_)
    evict(std::prev(entries_.end()));
}

void TrendCache::evict(Entries::iterator entry) {
  bytes_ -= entry->text->size();
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

}  // namespace perftrend::http
