#include "server/points/series_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace perftrend::points {
namespace {

/// Overhead of a hash table's node: its links, its hash and its part of the buckets.
constexpr std::size_t node_bytes = 4 * sizeof(void*);

/// Joins two hashes as boost::hash_combine does (golden ratio, shifts).
std::size_t combine(std::size_t seed, std::size_t hash) {
  return seed ^ (hash + 0x9e3779b97f4a7c15U + (seed << 6U) + (seed >> 2U));
}

}  // namespace

std::size_t SeriesDirectory::HashNames::operator()(const CaseNames& names) const {
  const std::hash<std::string_view> hash;
  return combine(combine(hash(names.name), hash(names.classname)), hash(names.suite));
}

std::size_t SeriesDirectory::HashPlace::operator()(const SeriesPlace& place) const {
  const std::hash<std::uint64_t> hash;
  return combine(hash(static_cast<std::uint64_t>(place.case_id)),
                 hash((std::uint64_t{place.lane} << 32U) | place.metric));
}

SeriesDirectory::CaseNames SeriesDirectory::look_up_key(const CaseName& key) {
  return {key.suite.view(), key.classname.view(), key.name.view(), nullptr};
}

Id SeriesDirectory::find_case(const CaseName& key) const {
  const auto found = cases_.find(look_up_key(key));
  return found == cases_.end() ? 0 : found->second;
}

void SeriesDirectory::add_case(const CaseName& key, Id id) {
  const auto names_of_key = look_up_key(key);
  const std::size_t length = names_of_key.suite.size() + names_of_key.classname.size() + names_of_key.name.size();
  const std::size_t bytes = sizeof(std::pair<CaseNames, Id>) + node_bytes + length;
  if (bytes_ + bytes > bytes_max_) return;
  CaseNames names;
  names.text = std::make_unique<char[]>(std::max<std::size_t>(length, 1));
  char* end = names.text.get();
  for (auto [from, to] :
       {std::pair(names_of_key.suite, &names.suite), std::pair(names_of_key.classname, &names.classname),
        std::pair(names_of_key.name, &names.name)}) {
    char* const begin = std::exchange(end, std::copy(from.begin(), from.end(), end));
    *to = {begin, from.size()};
  }
  if (cases_.emplace(std::move(names), id).second) bytes_ += bytes;
}

std::uint32_t SeriesDirectory::number(Numbers& numbers, std::string_view text) {
  if (const auto found = numbers.find(text); found != numbers.end()) return found->second;
  bytes_ += sizeof(Numbers::value_type) + node_bytes + text.size();
  return numbers.emplace(text, static_cast<std::uint32_t>(numbers.size())).first->second;
}

std::size_t SeriesDirectory::lane(std::string_view testbed, std::string_view branch, Id configuration,
                                  Purpose purpose) {
  // The length separates the two names.
  std::string text = fmt::format("{} {} {} ", configuration, static_cast<int>(purpose), testbed.size());
  text.append(testbed).append(branch);
  return number(lanes_, text);
}

KnownSeries* SeriesDirectory::find_series(Id case_id, std::string_view metric, std::size_t lane) {
  const auto known = metrics_.find(metric);
  if (known == metrics_.end()) return nullptr;
  const auto found = series_.find({case_id, static_cast<std::uint32_t>(lane), known->second});
  return found == series_.end() ? nullptr : &found->second;
}

void SeriesDirectory::add_series(Id case_id, std::string_view metric, std::size_t lane, const KnownSeries& series) {
  constexpr std::size_t bytes = sizeof(std::pair<SeriesPlace, KnownSeries>) + node_bytes;
  const bool is_known = find_series(case_id, metric, lane) != nullptr;
  if (!is_known && bytes_ + bytes + metric.size() > bytes_max_) return;
  auto of_unit = units_.find(series.unit);
  if (of_unit == units_.end()) {
    of_unit = units_.emplace(series.unit).first;
    bytes_ += sizeof(std::string) + node_bytes + series.unit.size();
  }
  const SeriesPlace place = {case_id, static_cast<std::uint32_t>(lane), number(metrics_, metric)};
  KnownSeries known = series;
  known.unit = *of_unit;
  if (series_.insert_or_assign(place, known).second) bytes_ += bytes;
}

}  // namespace perftrend::points
