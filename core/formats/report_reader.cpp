#include "core/formats/report_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <string>
#include <utility>

#include "core/formats/catch2_reader.h"
#include "core/formats/ctest_reader.h"
#include "core/formats/json_formats.h"
#include "core/formats/json_text.h"
#include "core/formats/k6_stream.h"
#include "core/formats/text_formats.h"
#include "core/junit/vocabulary.h"
#include "core/junit/xml_document.h"

namespace perftrend::formats {
namespace {

using Result = tl::expected<Report, FormatError>;

/// In which the root of XML must begin: a declaration and a comment or two.
constexpr std::size_t head_bytes = 4096;

struct JsonFormat {
  std::string_view name;
  bool (*is)(const JsonValues& values);
  void (*read)(const JsonInput& input, junit::ReportBuilder& builder);
};

/// The first that matches is taken: the less specific ones come last.
constexpr std::array<JsonFormat, 13> json_formats = {{
    {"Google Benchmark", is_google_benchmark, read_google_benchmark},
    {"pytest-benchmark", is_pytest_benchmark, read_pytest_benchmark},
    {"BenchmarkDotNet", is_benchmark_dotnet, read_benchmark_dotnet},
    {"asv", is_asv, read_asv},
    {"hyperfine", is_hyperfine, read_hyperfine},
    {"k6 summary", is_k6_summary, read_k6_summary},
    {"Criterion", is_criterion, read_criterion},
    {"llama-bench", is_llama_bench, read_llama_bench},
    {"JMH", is_jmh, read_jmh},
    {"github-action-benchmark custom", is_custom_benchmark, read_custom_benchmark},
    {"libtest", is_libtest, read_libtest},
    {"go test -json", is_go_test_stream, read_go_test_stream},
    {"Bencher Metric Format", is_bencher_metric_format, read_bencher_metric_format},
}};

/// "Application/Vnd.CTest+XML; charset=utf-8" is application/vnd.ctest+xml.
bool is_content_type(std::string_view sent, std::string_view asked) {
  sent = sent.substr(0, sent.find(';'));
  while (!sent.empty() && sent.back() == ' ')
    sent.remove_suffix(1);
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  return std::equal(sent.begin(), sent.end(), asked.begin(), asked.end(), same);
}

FormatError other_file(junit::ReadError error) {
  FormatError other{std::move(error)};
  other.cause += "; perftrend reads " + known_formats();
  other.is_other_file = true;
  return other;
}

Result broken(tl::expected<Report, junit::ReadError> result) {
  if (result) return std::move(*result);
  return tl::unexpected(FormatError{std::move(result.error())});
}

/// Why JSON of no known format is not read.
std::string unknown_json(const JsonValues& values) {
  if (values.size() > 1) return "these JSON values are not of a known format";
  if (values.empty()) return "the document is empty";
  const auto& value = values.front();
  if (value.empty()) return fmt::format("this JSON {} is empty: the program wrote no result", value.type_name());
  return "this JSON is not of a known format";
}

Result read_json_report(std::string_view bytes, std::string_view content_type, std::string_view file_name,
                        const junit::ReadLimits& limits) {
  if (is_k6_stream(bytes)) {
    junit::ReportBuilder builder(limits);
    read_k6_stream(bytes, limits, builder);
    return broken(builder.finish());
  }
  const auto values = read_json(bytes, limits);
  if (!values) {
    FormatError error{values.error()};
    error.is_other_file = !error.over_limit && is_json_with_comments(bytes);
    return tl::unexpected(std::move(error));
  }
  const auto* format =
      std::find_if(json_formats.begin(), json_formats.end(), [&](const JsonFormat& one) { return one.is(*values); });
  if (format == json_formats.end()) {
    junit::ReadError error;
    error.cause = unknown_json(*values);
    return tl::unexpected(other_file(std::move(error)));
  }
  JsonInput input{*values, file_name, std::nullopt};
  if (is_content_type(content_type, bigger_content_type)) input.better = Better::higher;
  if (is_content_type(content_type, smaller_content_type)) input.better = Better::lower;
  junit::ReportBuilder builder(limits);
  format->read(input, builder);
  auto report = builder.finish();
  if (!report) report.error().cause = fmt::format("{}: {}", format->name, report.error().cause);
  return broken(std::move(report));
}

/// Name of the root element, without a prefix; "" when it is not in the first bytes, or the text is not ASCII there.
std::string_view root_of(std::string_view bytes) {
  std::string_view head = bytes.substr(0, head_bytes);
  for (std::size_t at = head.find('<'); at != std::string_view::npos; at = head.find('<')) {
    head.remove_prefix(at + 1);
    if (head.starts_with("!--")) {
      head.remove_prefix(std::min(head.find("-->"), head.size()));
    } else if (!head.starts_with('?') && !head.starts_with('!')) {
      const std::size_t end = head.find_first_of(" \t\r\n/>");
      return end == std::string_view::npos ? "" : junit::local_name(head.substr(0, end));
    }
  }
  return "";
}

Result read_xml_report(std::string_view bytes, const junit::ReadLimits& limits) {
  const std::string_view root = root_of(bytes);
  if (is_catch2_root(root)) return broken(read_catch2(bytes, limits));
  auto report = junit::read_junit(bytes, limits);
  if (report) return std::move(*report);
  if (looks_like_ctest(bytes)) {
    report.error().cause += "; CTest's Test.xml is read when sent with ?format=ctest or as application/vnd.ctest+xml";
    return broken(std::move(report));
  }
  const bool is_other = !root.empty() && junit::element_kind(root) != junit::ElementKind::container;
  if (is_other && !report.error().over_limit) return tl::unexpected(other_file(std::move(report.error())));
  return broken(std::move(report));
}

enum class TextFormat { go_bench, cargo_bench, csv, none };

TextFormat text_format_of(std::string_view text) {
  if (is_go_bench(text)) return TextFormat::go_bench;
  if (is_cargo_bench(text)) return TextFormat::cargo_bench;
  return is_csv(text) ? TextFormat::csv : TextFormat::none;
}

/// Text that is neither XML nor JSON.
Result read_text_report(std::string_view bytes, const junit::ReadLimits& limits) {
  auto text = junit::to_utf8(bytes, limits);
  if (!text) return tl::unexpected(other_file(std::move(text.error())));
  text->utf8 = without_colours(*text);
  junit::ReportBuilder builder(limits);
  switch (text_format_of(text->utf8)) {
    case TextFormat::go_bench:
      read_go_bench(text->utf8, builder);
      break;
    case TextFormat::cargo_bench:
      read_cargo_bench(text->utf8, builder);
      break;
    case TextFormat::csv:
      return broken(read_csv(*text, limits));
    case TextFormat::none:
      junit::ReadError error;
      error.cause = "this text is not of a known format";
      return tl::unexpected(other_file(std::move(error)));
  }
  return broken(builder.finish());
}

/// JSON in a log, as `2>&1` mixes them. Either each value has a line of its own, or the document comes after the log.
/// Other lines become blank, so that places stay right.
std::string only_json(std::string_view log, bool each_line) {
  std::string json(log);
  bool begun = false;
  for (std::size_t at = 0; at < json.size();) {
    const std::size_t end = std::min(json.find('\n', at), json.size());
    const bool begins = json[at] == '{' || (!each_line && json[at] == '[');
    begun = begins || (begun && !each_line);
    if (!begun)
      std::fill(json.begin() + static_cast<std::ptrdiff_t>(at), json.begin() + static_cast<std::ptrdiff_t>(end), ' ');
    at = end + 1;
  }
  return json;
}

/// Text that is neither XML nor JSON as a whole.
Result read_log(std::string_view bytes, std::string_view content_type, std::string_view file_name,
                const junit::ReadLimits& limits) {
  auto as_text = read_text_report(bytes, limits);
  if (as_text || !as_text.error().is_other_file) return as_text;
  if (bytes.find("\n{") == std::string_view::npos && bytes.find("\n[") == std::string_view::npos) return as_text;
  for (const bool each_line : {true, false}) {
    auto report = read_json_report(only_json(bytes, each_line), content_type, file_name, limits);
    if (!report) continue;
    report->warnings.emplace_back("lines of text around the JSON were ignored");
    return report;
  }
  return as_text;
}

}  // namespace

std::optional<std::string_view> content_type_of_format(std::string_view format) {
  if (format == "auto") return "";
  if (format == "ctest") return ctest_content_type;
  if (format == "customBiggerIsBetter") return bigger_content_type;
  if (format == "customSmallerIsBetter") return smaller_content_type;
  return std::nullopt;
}

std::string known_formats() {
  std::string names = "JUnit XML, Catch2 XML, CTest's Test.xml (?format=ctest), JSON of ";
  for (const JsonFormat& format : json_formats)
    names += fmt::format("{}, ", format.name);
  names += "k6's stream, ";
  return names + "output of go test -bench and cargo bench, and CSV";
}

bool is_text_report(std::string_view bytes) {
  junit::ReadLimits limits;
  limits.body_bytes_max = std::numeric_limits<std::size_t>::max();
  auto text = junit::to_utf8(bytes, limits);
  if (!text) return false;
  text->utf8 = without_colours(*text);
  const TextFormat format = text_format_of(text->utf8);
  return format == TextFormat::csv ? is_csv_of_benchmarks(*text, limits) : format != TextFormat::none;
}

tl::expected<Report, FormatError> read_report(std::string_view bytes, std::string_view content_type,
                                              std::string_view file_name, const junit::ReadLimits& limits) {
  if (is_content_type(content_type, ctest_content_type)) return broken(read_ctest(bytes, limits));
  if (looks_like_json(bytes)) {
    auto report = read_json_report(bytes, content_type, file_name, limits);
    if (report || report.error().over_limit || report.error().line == 0) return report;
    // Lines of a log before the results may begin as JSON does: "[INFO] …".
    auto as_log = read_log(bytes, content_type, file_name, limits);
    return as_log || !as_log.error().is_other_file ? as_log : report;
  }
  const auto first = std::find_if_not(bytes.begin(), bytes.end(), [](char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0' || static_cast<unsigned char>(c) >= 0xBB;
  });
  if (first == bytes.end()) {
    FormatError error;
    error.cause = "the document is empty";
    error.is_other_file = true;
    return tl::unexpected(std::move(error));
  }
  if (*first == '<') return read_xml_report(bytes, limits);
  auto as_log = read_log(bytes, content_type, file_name, limits);
  if (as_log || !as_log.error().is_other_file) return as_log;
  // A log before the root element: read_junit says where the document is wrong.
  auto report = junit::read_junit(bytes, limits);
  if (report) return std::move(*report);
  if (root_of(bytes).empty()) return as_log;
  return broken(std::move(report));
}

}  // namespace perftrend::formats
