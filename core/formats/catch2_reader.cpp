#include "core/formats/catch2_reader.h"

#include <fmt/format.h>
#include <pugixml.hpp>

#include <utility>

#include "core/formats/metric_collector.h"
#include "core/junit/report_builder.h"
#include "core/junit/text.h"
#include "core/junit/xml_document.h"
#include "core/text/numbers.h"

namespace perftrend::formats {
namespace {

class TestRunReader {
 public:
  TestRunReader(junit::ReportBuilder& builder, const junit::ReadLimits& limits) : builder_(builder), limits_(limits) {}

  void run(const pugi::xml_node& root) {
    suite_ = root.attribute("name").value();
    read_cases(root);
    // Version 2 groups the cases.
    for (const auto& group : root.children("Group"))
      read_cases(group);
    metrics_.write_warnings(builder_);
  }

 private:
  void read_cases(const pugi::xml_node& parent) {
    for (const auto& test : parent.children("TestCase"))
      read_case(test);
  }

  void read_case(const pugi::xml_node& test) {
    junit::BuiltCase built;
    built.suite = suite_;
    built.name = test.attribute("name").value();
    if (built.name.empty()) return builder_.refuse("a <TestCase> has no name");
    const auto result = test.child("OverallResult");
    const std::string_view success = result.attribute("success").value();
    if (success == "false") {
      built.status = CaseStatus::failed;
      built.message = failure_of(test);
    } else if (success.empty()) {
      built.status = CaseStatus::errored;
      built.message = "the file has no result of this case: the program ended early";
    } else if (result.attribute("skips").as_int() > 0) {
      built.status = CaseStatus::skipped;
    }
    if (const auto seconds = result.attribute("durationInSeconds")) {
      built.time_seconds = text::parse_seconds(seconds.value());
    }
    const std::string name = built.name;
    builder_.add_case(std::move(built));
    read_benchmarks(test, name);
  }

  /// Benchmarks of a case and of its sections. Recursion is as deep as the document, which has a limit.
  void read_benchmarks(const pugi::xml_node& parent, const std::string& path) {
    if (path.size() > limits_.case_name_bytes_max) return builder_.refuse("the names of nested sections are too long");
    for (const auto& benchmark : parent.children("BenchmarkResults"))
      read_benchmark(benchmark, path);
    for (const auto& section : parent.children("Section"))
      read_benchmarks(section, path + "/" + section.attribute("name").value());
  }

  void read_benchmark(const pugi::xml_node& benchmark, const std::string& path) {
    junit::BuiltCase built;
    built.suite = suite_;
    built.classname = path;
    built.name = benchmark.attribute("name").value();
    if (built.name.empty()) return builder_.refuse("a <BenchmarkResults> has no name");
    if (const auto failed = benchmark.child("failed")) {
      built.status = CaseStatus::errored;
      built.message = failed.attribute("message").value();
    } else if (const auto mean = benchmark.child("mean").attribute("value")) {
      metrics_.add(built, "time_ns", mean.value(), "");
    } else {
      metrics_.note("benchmarks without a mean, no point", built.name);
    }
    builder_.add_case(std::move(built));
  }

  static std::string failure_of(const pugi::xml_node& test) {
    const auto failed = test.find_node([](const pugi::xml_node& node) {
      const std::string_view name = node.name();
      return name == "Exception" || name == "FatalErrorCondition" || name == "Failure" ||
             (name == "Expression" && std::string_view(node.attribute("success").value()) == "false");
    });
    if (!failed) return "the case failed";
    const auto original = failed.child("Original");
    return std::string(text::trim(original ? original.child_value() : failed.child_value()));
  }

  junit::ReportBuilder& builder_;
  const junit::ReadLimits& limits_;
  MetricCollector metrics_;
  std::string suite_;
};

}  // namespace

bool is_catch2_root(std::string_view root) {
  return root == "Catch2TestRun" || root == "Catch";
}

tl::expected<Report, junit::ReadError> read_catch2(std::string_view bytes, const junit::ReadLimits& limits) {
  auto text = junit::to_utf8(bytes, limits);
  if (!text) return tl::unexpected(std::move(text.error()));
  try {
    const junit::XmlDocument document(*text, limits);
    junit::XmlWalk walk(document, limits);
    while (walk.next() != junit::XmlEvent::done) {
    }
    junit::ReportBuilder builder(limits);
    TestRunReader(builder, limits).run(document.tree().document_element());
    return builder.finish();
  } catch (const junit::XmlError& error) {
    text = junit::to_utf8(bytes, limits);
    return tl::unexpected(junit::place_error(error, *text));
  }
}

}  // namespace perftrend::formats
