#include "core/formats/report_reader.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "core/formats/ctest_reader.h"
#include "core/formats/json_formats.h"
#include "core/formats/json_text.h"

namespace perftrend::formats {
namespace {

/// "Application/Vnd.CTest+XML; charset=utf-8" is application/vnd.ctest+xml.
bool is_content_type(std::string_view sent, std::string_view asked) {
  sent = sent.substr(0, sent.find(';'));
  while (!sent.empty() && sent.back() == ' ')
    sent.remove_suffix(1);
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  return std::equal(sent.begin(), sent.end(), asked.begin(), asked.end(), same);
}

tl::expected<Report, junit::ReadError> read_json_report(std::string_view bytes, const junit::ReadLimits& limits) {
  const auto documents = read_json(bytes, limits);
  if (!documents) return tl::unexpected(documents.error());
  junit::ReportBuilder builder(limits);
  const bool is_one = documents->size() == 1;
  if (is_llama_bench(*documents)) {
    read_llama_bench(*documents, builder);
  } else if (is_one && is_google_benchmark(documents->front())) {
    read_google_benchmark(documents->front(), builder);
  } else if (is_one && is_hyperfine(documents->front())) {
    read_hyperfine(documents->front(), builder);
  } else {
    builder.refuse(is_one ? "this JSON is neither Google Benchmark's, llama-bench's nor hyperfine's"
                          : "these lines of JSON are not llama-bench's");
  }
  return builder.finish();
}

}  // namespace

std::optional<std::string_view> content_type_of_format(std::string_view format) {
  if (format == "auto") return "";
  if (format == "ctest") return ctest_content_type;
  return std::nullopt;
}

tl::expected<Report, junit::ReadError> read_report(std::string_view bytes, std::string_view content_type,
                                                   std::string_view file_name, const junit::ReadLimits& limits) {
  if (is_content_type(content_type, ctest_content_type)) return read_ctest(bytes, limits);
  if (looks_like_json(bytes)) return read_json_report(bytes, limits);
  auto report = junit::read_junit(bytes, limits);
  if (report) return report;
  if (looks_like_ctest(bytes)) {
    report.error().cause += "; CTest's Test.xml is read when sent with ?format=ctest or as application/vnd.ctest+xml";
  } else if (file_name.ends_with(".json") || file_name.ends_with(".jsonl")) {
    report.error().cause += "; nor does it begin as JSON does, as its name says";
  }
  return report;
}

}  // namespace perftrend::formats
