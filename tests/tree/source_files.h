#pragma once
// The files of this source tree, as the tests of its rules read them.

#include <string>
#include <string_view>
#include <vector>

namespace perftrend::tests {

struct SourceFile {
  std::string path;  ///< from the root of the tree, with '/'
  std::string text;
};

bool starts_with_any(std::string_view text, const std::vector<std::string>& prefixes);
bool is_cpp(std::string_view path);
/// TypeScript and CSS of web/.
bool is_web(std::string_view path);
bool is_test(std::string_view path);

std::vector<std::string> lines_of(const std::string& text);

/// C++ and web sources, without what npm and the build write.
std::vector<SourceFile> read_sources();

/// Every text that people of this project write: sources, documents, schema, scripts. Not: recorded data, examples in
/// foreign formats, generated files.
std::vector<SourceFile> read_texts();

}  // namespace perftrend::tests
