#include "core/metrics/series.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <numeric>

namespace perftrend::metrics {

namespace {

/// Longer runs of taken places than this do not happen by chance in a table that is half full at most.
constexpr std::size_t probes_max = 64;

/// Order of series; 0 means the same series.
int compare(const MetricValue& a, const MetricValue& b, const CaseFacts& facts) {
  const std::uint32_t of_a = facts.configuration_of(a.facts);
  const std::uint32_t of_b = facts.configuration_of(b.facts);
  if (of_a != of_b) return of_a < of_b ? -1 : 1;
  if (const int c = a.metric.view().compare(b.metric); c != 0) return c;
  if (const int c = a.key.suite.view().compare(b.key.suite); c != 0) return c;
  if (const int c = a.key.classname.view().compare(b.key.classname); c != 0) return c;
  return a.key.name.view().compare(b.key.name);
}

/// False when names collide more than chance allows: they were made to, and are better sorted.
bool link_by_hash(const std::vector<MetricValue>& metrics, const std::vector<std::uint64_t>& hashes,
                  const CaseFacts& facts, SeriesLinks& links) {
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t last = no_link;  ///< last of the series so far
  };
  const std::size_t count = hashes.size();
  std::vector<Slot> slots(std::bit_ceil(count * 2 + 1));
  links.first.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    constexpr std::size_t ahead = 8;  // the table is larger than a near cache
    if (i + ahead < count) __builtin_prefetch(&slots[hashes[i + ahead] & (slots.size() - 1)], 1);
    const std::uint64_t here = hashes[i];
    std::size_t probes = 0;
    std::size_t at = here & (slots.size() - 1);
    while (slots[at].last != no_link && slots[at].hash != here) {
      if (++probes > probes_max) return false;
      at = (at + 1) & (slots.size() - 1);
    }
    if (slots[at].last == no_link) {
      links.first.push_back(i);
    } else {
      if (compare(metrics[slots[at].last], metrics[i], facts) != 0) return false;
      links.next[slots[at].last] = i;
    }
    slots[at] = {here, i};
  }
  return true;
}

void link_by_name(const std::vector<MetricValue>& metrics, const CaseFacts& facts, SeriesLinks& links) {
  std::fill(links.next.begin(), links.next.end(), no_link);
  links.first.clear();
  std::vector<std::uint32_t> order(metrics.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const int c = compare(metrics[a], metrics[b], facts);
    return c != 0 ? c < 0 : a < b;
  });
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && compare(metrics[order[i - 1]], metrics[order[i]], facts) == 0) {
      links.next[order[i - 1]] = order[i];
    } else {
      links.first.push_back(order[i]);
    }
  }
  std::sort(links.first.begin(), links.first.end());
}

}  // namespace

std::uint64_t hash_text(std::string_view text) {
  // Eight bytes at a time.
  constexpr std::uint64_t factor = 0xFF51AFD7ED558CCDU;
  std::uint64_t hash = text.size() * 0x9E3779B97F4A7C15U;
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= sizeof hash; at += sizeof hash, left -= sizeof hash) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    hash = (hash ^ word) * factor;
    hash ^= hash >> 32U;
  }
  std::uint64_t word = 0;
  for (; left > 0; ++at, --left)
    word = (word << 8U) | static_cast<unsigned char>(*at);
  hash = (hash ^ word) * factor;
  return hash ^ (hash >> 32U);
}

void SeriesNames::start(const ReportCase& of) {
  of_ = &of;
  const std::string_view suite = of.key.suite;
  if (suite.data() != suite_.data() || suite.size() != suite_.size()) {
    suite_ = suite;
    suite_hash_ = hash_text(suite) * 3;
  }
  surroundings_ = suite_hash_ + hash_text(of.key.classname);
  set_label({});
}

void SeriesNames::set_label(std::string_view label) {
  label_ = label;
  name_ = label.empty() ? of_->key.name.view() : text::copy_into(arena_, of_->key.name, label);
  named_ = surroundings_ ^ hash_text(name_);
}

SeriesLinks link_series(const std::vector<MetricValue>& metrics, const std::vector<std::uint64_t>& hashes,
                        const CaseFacts& facts) {
  SeriesLinks links;
  links.next.assign(metrics.size(), no_link);
  if (!link_by_hash(metrics, hashes, facts, links)) link_by_name(metrics, facts, links);
  return links;
}

}  // namespace perftrend::metrics
