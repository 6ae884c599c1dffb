#include "core/formats/criterion_files.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/formats/metric_collector.h"

namespace perftrend::formats {
namespace {

/// A file by its name, and by a member that no other tool's file of this name has.
struct KnownFile {
  std::string_view name;
  std::string_view member;
};

constexpr std::array<KnownFile, 3> known_files = {
    {{"benchmark.json", "\"full_id\""}, {"sample.json", "\"iters\""}, {"estimates.json", "\"point_estimate\""}}};

bool is_criterion_file(const SentFile& file) {
  const std::string_view name = base_name(file.name);
  return std::any_of(known_files.begin(), known_files.end(), [&](const KnownFile& known) {
    return name == known.name && file.bytes.find(known.member) != std::string::npos;
  });
}

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  return std::string(path.substr(0, slash == std::string_view::npos ? 0 : slash));
}

}  // namespace

void join_criterion_files(Unpacked& unpacked) {
  std::set<std::string> folders;
  for (const SentFile& file : unpacked.documents) {
    if (is_criterion_file(file)) folders.insert(folder_of(file.name));
  }
  std::map<std::string, SentFile> joined;
  std::vector<SentFile> others;
  for (SentFile& file : unpacked.documents) {
    std::string folder = folder_of(file.name);
    const bool is_known = is_criterion_file(file);
    if (!is_known && !(folders.contains(folder) && base_name(file.name) == "tukey.json")) {
      others.push_back(std::move(file));
      continue;
    }
    const std::string_view last = base_name(folder);
    const std::string parent = folder_of(folder);
    const bool is_earlier =
        last == "change" || (last != "new" && folders.contains(parent.empty() ? "new" : parent + "/new"));
    if (!is_known || is_earlier) {
      unpacked.skipped.push_back(std::move(file.name));
      continue;
    }
    SentFile& to = joined[folder];
    // A single file is sent with its own name.
    to.name = to.name.empty() ? file.name : std::move(folder);
    to.bytes += file.bytes;
    to.bytes += '\n';
  }
  for (auto& [folder, document] : joined)
    others.push_back(std::move(document));
  unpacked.documents = std::move(others);
}

bool is_criterion_estimates(std::string_view path) {
  return base_name(path) == "estimates.json";
}

}  // namespace perftrend::formats
