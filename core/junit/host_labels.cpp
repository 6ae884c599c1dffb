#include "core/junit/host_labels.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace perftrend::junit {
namespace {

/// A longer host is cut: the names of thousands of cases get it.
constexpr std::size_t label_bytes_max = 100;

using Names = std::tuple<std::string_view, std::string_view, std::string_view>;

Names names_of(const CaseName& key) {
  return {key.suite.view(), key.classname.view(), key.name.view()};
}

/// Cuts at the beginning of a character of UTF-8.
std::string_view cut(std::string_view host) {
  if (host.size() <= label_bytes_max) return host;
  std::size_t end = label_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(host[end]) & 0xC0U) == 0x80U)
    --end;
  return host.substr(0, end);
}

}  // namespace

void HostLabels::enter(std::string_view host) {
  open_.push_back(host.empty() && !open_.empty() ? open_.back() : host);
}

void HostLabels::leave() {
  open_.pop_back();
}

void HostLabels::add_case(std::size_t index) {
  const std::string_view host = open_.empty() ? std::string_view() : open_.back();
  if (stretches_.empty() || stretches_.back().host != host) stretches_.push_back({index, host});
}

std::string HostLabels::label(std::vector<ReportCase>& cases) const {
  std::set<std::string_view> hosts;
  for (const auto& stretch : stretches_)
    hosts.insert(stretch.host);
  if (hosts.size() < 2) return "";
  std::vector<std::string_view> host_of(cases.size());
  for (std::size_t i = 0; i < stretches_.size(); ++i) {
    const std::size_t end = i + 1 < stretches_.size() ? stretches_[i + 1].first_case : cases.size();
    for (std::size_t at = stretches_[i].first_case; at < end; ++at)
      host_of[at] = stretches_[i].host;
  }
  std::map<Names, std::string_view> first_host;
  std::set<Names> on_several;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto [known, is_new] = first_host.try_emplace(names_of(cases[i].key), host_of[i]);
    if (!is_new && known->second != host_of[i]) on_several.insert(known->first);
  }
  std::vector<std::size_t> changed;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (!host_of[i].empty() && on_several.contains(names_of(cases[i].key))) changed.push_back(i);
  }
  for (const std::size_t i : changed) {
    auto& name = cases[i].key.name;
    name = text::BorrowedText(fmt::format("{}[{}]", name.view(), cut(host_of[i])));
  }
  return changed.empty() ? "" : std::string(cases[changed.front()].key.name.view());
}

}  // namespace perftrend::junit
