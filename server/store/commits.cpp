#include "server/store/commits.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/text/commit.h"

namespace perftrend::store {
namespace {

constexpr int longer_max = 100;                 // more spellings of one beginning are certainly several commits
constexpr std::size_t digits_max = 40;          // of a SHA-1; a longer abbreviation is not written
constexpr std::string_view after_digits = "g";  // sorts after every hexadecimal digit

/// The hashes of runs that begin with `commit`, the longest first.
std::vector<std::string> list_longer(db::Connection& connection, Id project, std::string_view commit) {
  std::vector<std::string> longer;
  const std::string end = std::string(commit) + std::string(after_digits);
  connection.query(
      "SELECT DISTINCT commit_id FROM run WHERE project_id = $1 AND commit_id > $2 AND commit_id < $3 LIMIT $4",
      {project, commit, end, longer_max}, [&](const db::Row& row) {
        const auto text = row.text(0);
        if (text.starts_with(commit) && text::is_commit_hash(text)) longer.emplace_back(text);
      });
  std::sort(longer.begin(), longer.end(),
            [](const std::string& a, const std::string& b) { return std::pair(b.size(), a) < std::pair(a.size(), b); });
  return longer;
}

/// All of them are the beginning of the first one.
bool is_one_commit(const std::vector<std::string>& longest_first) {
  return std::all_of(longest_first.begin(), longest_first.end(),
                     [&](const std::string& each) { return longest_first.front().starts_with(each); });
}

/// The abbreviations of `commit` that runs state.
std::vector<std::string> list_shorter(db::Connection& connection, Id project, std::string_view commit) {
  std::vector<std::string> shorter;
  std::vector<db::Param> params = {project};
  std::string places;
  for (std::size_t size = text::commit_digits_min; size < std::min(commit.size(), digits_max); ++size) {
    params.emplace_back(commit.substr(0, size));
    places += fmt::format("{}${}", places.empty() ? "" : ", ", params.size());
  }
  if (places.empty()) return shorter;
  connection.query(
      fmt::format("SELECT DISTINCT commit_id FROM run WHERE project_id = $1 AND commit_id IN ({})", places), params,
      [&](const db::Row& row) { shorter.push_back(row.string(0)); });
  return shorter;
}

}  // namespace

std::string CommitSpellings::places(int first) const {
  std::string places = "(";
  for (std::size_t i = 0; i < all.size(); ++i)
    places += fmt::format("{}${}", i == 0 ? "" : ", ", first + static_cast<int>(i));
  return places + ")";
}

std::vector<db::Param> CommitSpellings::after(std::vector<db::Param> params) const {
  params.insert(params.end(), all.begin(), all.end());
  return params;
}

CommitSpellings find_spellings(db::Connection& connection, Id project, std::string_view stated) {
  const std::string commit = text::plain_commit(stated);
  CommitSpellings spellings{{commit}, {}};
  if (!text::is_commit_hash(commit)) return spellings;
  auto longer = list_longer(connection, project, commit);
  if (!longer.empty() && !is_one_commit(longer)) {
    spellings.ambiguous = std::move(longer);
    return spellings;
  }
  spellings.all.insert(spellings.all.end(), longer.begin(), longer.end());
  const std::string longest = longer.empty() ? commit : longer.front();
  for (auto& shorter : list_shorter(connection, project, commit)) {
    auto of_shorter = list_longer(connection, project, shorter);
    of_shorter.insert(of_shorter.begin(), longest);
    if (is_one_commit(of_shorter)) spellings.all.push_back(std::move(shorter));
  }
  return spellings;
}

}  // namespace perftrend::store
