#include "core/formats/file_names.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/formats/metric_collector.h"

namespace perftrend::formats {
namespace {

template <std::size_t N>
bool ends_with_any(std::string_view name, const std::array<std::string_view, N>& endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return name.ends_with(ending); });
}

}  // namespace

FileKind kind_of_file_name(std::string_view path) {
  constexpr auto documents = std::to_array<std::string_view>({".xml", ".json", ".jsonl", ".ndjson"});
  constexpr auto texts = std::to_array<std::string_view>({".txt", ".csv", ".tsv", ".out", ".log", ".bench"});
  constexpr auto packed = std::to_array<std::string_view>(
      {".zip", ".tar", ".tgz", ".txz", ".tbz2", ".7z", ".cpio", ".gz", ".zst", ".xz", ".bz2"});
  std::string name(base_name(path));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  // macOS adds "._name" for every file of a tar, and a folder of them to a zip.
  if (name.starts_with("._")) return FileKind::other;
  if (ends_with_any(name, documents)) return FileKind::document;
  if (ends_with_any(name, texts)) return FileKind::text;
  return ends_with_any(name, packed) ? FileKind::packed : FileKind::other;
}

}  // namespace perftrend::formats
