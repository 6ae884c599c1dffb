#include "runner/delivery/upload_coordinates.h"

#include "core/junit/junit_writer.h"

namespace perftrend::runner {

RunCoordinates coordinates_of(const std::vector<FormFile>& reports, const RunCoordinates& stated, bool stated_only,
                              const Variables& variables) {
  junit::Properties all = to_properties(stated);
  for (const auto& report : reports) {
    const auto properties = junit::suite_properties(report.bytes);
    all.insert(all.end(), properties.begin(), properties.end());
  }
  RunCoordinates at = coordinates_in(all);
  // The report's branch with the environment's commit would be a combination that never existed.
  const bool is_placed = !at.commit.empty() || !at.branch.empty();
  if (stated_only || is_placed) return at;
  return complete_coordinates(std::move(at), variables, ask_no_git, "");
}

std::string content_type_of(std::string_view bytes) {
  const auto first = bytes.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  const char begin = first == std::string_view::npos ? '\0' : bytes[first];
  if (begin == '<') return "application/xml";
  if (begin == '{' || begin == '[') return "application/json";
  return "application/octet-stream";
}

}  // namespace perftrend::runner
