#include "server/http/routes/upload_parameters.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

namespace perftrend::http {
namespace {

struct TextParameter {
  std::string_view name;
  std::string intake::Upload::*value;
};
constexpr std::array<TextParameter, 12> text_parameters = {{{"branch", &intake::Upload::branch},
                                                            {"commit", &intake::Upload::commit},
                                                            {"testbed", &intake::Upload::testbed},
                                                            {"ci_url", &intake::Upload::ci_url},
                                                            {"started_at", &intake::Upload::started_at},
                                                            {"commit_time", &intake::Upload::commit_time},
                                                            {"run_key", &intake::Upload::run_key},
                                                            {"shard", &intake::Upload::shard},
                                                            {"parts", &intake::Upload::parts},
                                                            {"purpose", &intake::Upload::purpose},
                                                            {"base_branch", &intake::Upload::base_branch},
                                                            {"base_commit", &intake::Upload::base_commit}}};
constexpr std::string_view format_parameter = "format";
constexpr std::string_view header_prefix = "perftrend-";

std::vector<std::string_view> known_names() {
  std::vector<std::string_view> names = {format_parameter};
  for (const auto& parameter : text_parameters)
    names.push_back(parameter.name);
  return names;
}

/// "commit_time" as a header has "perftrend-commit-time".
std::string header_of(std::string_view name) {
  std::string header = std::string(header_prefix) + std::string(name);
  std::replace(header.begin(), header.end(), '_', '-');
  return header;
}

/// Lower case, without '_' and '-': startedAt and started-at are started_at.
std::string letters_of(std::string_view name) {
  std::string letters;
  for (const char c : name) {
    if (c == '_' || c == '-') continue;
    letters += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return letters;
}

/// Number of letters to insert, delete, replace or swap with their neighbour (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      const std::size_t replaced = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({replaced, cost[i - 1][j] + 1, cost[i][j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

/// The beginning of a name as sent, which may be any bytes.
std::string printable(std::string_view name) {
  constexpr std::size_t shown_bytes_max = 60;
  std::string shown(name.substr(0, shown_bytes_max));
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return shown;
}

/// Names that the request states and no parameter has: without the prefix of a header, each once. A header with another
/// prefix has its whole name.
std::set<std::string> unknown_names(const Request& request) {
  const auto known = known_names();
  std::set<std::string> unknown;
  for (const auto& [name, value] : request.query) {
    if (std::find(known.begin(), known.end(), name) == known.end()) unknown.insert(name);
  }
  for (const auto& [name, value] : request.headers) {
    if (!name.starts_with(header_prefix)) {
      if (letters_of(name).find("perftrend") <= 1) unknown.insert(name);  // x-perftrend-branch, perftrend_branch
      continue;
    }
    const bool is_known = std::any_of(known.begin(), known.end(), [&, &header = name](std::string_view parameter) {
      return parameter != format_parameter && header_of(parameter) == header;
    });
    if (!is_known) unknown.insert(name.substr(header_prefix.size()));
  }
  return unknown;
}

}  // namespace

std::optional<std::string_view> find_misspelt(std::string_view name) {
  constexpr std::size_t name_bytes_max = 40;  // of what may be a misspelling
  const std::string letters = letters_of(name);
  if (letters.empty() || name.size() > name_bytes_max) return std::nullopt;
  for (const auto known : known_names()) {
    const std::string right = letters_of(known);
    const std::size_t distance_max = right.size() >= 6 ? 2 : 1;
    if (edit_distance(letters, right) <= distance_max) return known;
  }
  return std::nullopt;
}

intake::Upload read_upload(Request& request) {
  intake::Upload upload;
  for (const auto& name : unknown_names(request)) {
    if (const auto meant = find_misspelt(name))
      throw bad_parameter(printable(name), fmt::format("it is not a parameter; is '{}' meant?", *meant));
    upload.warnings.push_back(fmt::format("'{}' is not a parameter of an upload and was ignored; the parameters are {}",
                                          printable(name), fmt::join(known_names(), ", ")));
  }
  upload.project = request.path_parameter("project");
  for (const auto& [name, value] : text_parameters)
    upload.*value = request.query_or_header(std::string(name), header_of(name));
  upload.idempotency_key = request.header("idempotency-key");
  if (request.query.contains(std::string(format_parameter)))
    upload.format = request.query_text(std::string(format_parameter));
  upload.files = std::move(request.files);
  return upload;
}

}  // namespace perftrend::http
