#include "core/metrics/case_facts.h"

#include <algorithm>
#include <utility>

namespace perftrend::metrics {

namespace {

std::vector<Property>& list_of(Facts& facts, FactKind kind) {
  switch (kind) {
    case FactKind::configuration:
      return facts.configuration;
    case FactKind::subject:
      return facts.subject;
    case FactKind::environment:
      return facts.environment;
    case FactKind::metric:
    case FactKind::ignored:
      break;
  }
  return facts.ignored;
}

void append(std::string& text, const std::vector<Property>& facts) {
  for (const Property& fact : facts)
    text.append(fact.name).append(1, '\0').append(fact.value).append(1, '\1');
}

}  // namespace

void CaseFacts::add(FactKind kind, std::string_view name, std::string_view value) {
  std::vector<Property>& list = list_of(current_, kind);
  const auto at = std::lower_bound(list.begin(), list.end(), name,
                                   [](const Property& one, std::string_view other) { return one.name < other; });
  if (at != list.end() && at->name == name) return;
  list.insert(at, {std::string(name), std::string(value)});
  is_empty_ = false;
}

std::uint32_t CaseFacts::end_case() {
  if (is_empty_) return 0;
  is_empty_ = true;
  std::string key;
  for (const auto* list : {&current_.environment, &current_.configuration, &current_.subject, &current_.ignored}) {
    key += '\2';
    append(key, *list);
  }
  const auto [at, is_new] = by_text_.try_emplace(std::move(key), static_cast<std::uint32_t>(sets_.size()));
  if (is_new) {
    bytes_ += 3 * at->first.size();
    std::string configuration;
    append(configuration, current_.configuration);
    const auto number = static_cast<std::uint32_t>(configuration.empty() ? 0 : by_configuration_.size() + 1);
    configurations_.push_back(
        number == 0 ? 0 : by_configuration_.try_emplace(std::move(configuration), number).first->second);
    sets_.push_back(std::move(current_));
  }
  current_ = {};
  return at->second;
}

std::vector<Property> CaseFacts::common_subject() const {
  std::map<std::string_view, std::pair<std::string_view, bool>> stated;  // value, and whether all cases agree
  for (const Facts& facts : sets_) {
    for (const Property& fact : facts.subject) {
      const auto [at, is_new] = stated.try_emplace(fact.name, fact.value, true);
      if (!is_new && at->second.first != fact.value) at->second.second = false;
    }
  }
  std::vector<Property> common;
  for (const auto& [name, value] : stated) {
    if (value.second) common.push_back({std::string(name), std::string(value.first)});
  }
  return common;
}

std::vector<Facts> CaseFacts::release() {
  by_text_.clear();
  by_configuration_.clear();
  configurations_.assign(1, 0);
  bytes_ = 0;
  return std::exchange(sets_, std::vector<Facts>(1));
}

}  // namespace perftrend::metrics
