#include "tests/tree/source_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "tests/support/paths.h"

namespace perftrend::tests {

namespace fs = std::filesystem;

namespace {

bool is_text(std::string_view path) {
  static const std::vector<std::string> endings = {".cpp",  ".h",   ".ts",   ".tsx", ".css",       ".html",
                                                   ".md",   ".sql", ".yaml", ".yml", ".xsd",       ".toml",
                                                   ".py",   ".sh",  ".mjs",  ".js",  ".cmake",     "CMakeLists.txt",
                                                   ".json", "run",  "/dev",  "dev",  ".Dockerfile"};
  return path.starts_with("dev.d/") ||
         std::any_of(endings.begin(), endings.end(), [&](const std::string& e) { return path.ends_with(e); });
}

bool is_foreign(std::string_view path) {
  static const std::vector<std::string> prefixes = {"schema/examples/", "docs/research/"};
  return starts_with_any(path, prefixes) || path.find("/testdata/") != std::string_view::npos ||
         path.find("/fixtures/") != std::string_view::npos || path.find("/recorded/") != std::string_view::npos ||
         path.ends_with("package-lock.json") || path.ends_with("schema.d.ts");
}

template <class Accept>
std::vector<SourceFile> read_tree(const std::vector<std::string>& tops, Accept accept) {
  static const std::set<std::string> not_ours = {"node_modules", "dist", "test-results", "playwright-report",
                                                 "__pycache__"};
  const fs::path root = source_dir();
  std::vector<SourceFile> files;
  const auto add = [&](const fs::path& file) {
    const std::string path = file.lexically_relative(root).generic_string();
    if (!accept(path)) return;
    std::ifstream stream(file, std::ios::binary);
    files.push_back({path, {std::istreambuf_iterator<char>(stream), {}}});
  };
  for (const std::string& top : tops) {
    if (fs::is_regular_file(root / top)) add(root / top);
    if (!fs::is_directory(root / top)) continue;
    for (auto it = fs::recursive_directory_iterator(root / top); it != fs::recursive_directory_iterator(); ++it) {
      if (it->is_directory() && not_ours.contains(it->path().filename().string())) it.disable_recursion_pending();
      if (it->is_regular_file()) add(it->path());
    }
  }
  std::sort(files.begin(), files.end(), [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

}  // namespace

bool starts_with_any(std::string_view text, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& p) { return text.starts_with(p); });
}

bool is_cpp(std::string_view path) {
  return path.ends_with(".cpp") || path.ends_with(".h");
}

bool is_web(std::string_view path) {
  return path.starts_with("web/") && (path.ends_with(".ts") || path.ends_with(".tsx") || path.ends_with(".css"));
}

bool is_test(std::string_view path) {
  return path.starts_with("tests/") || path.starts_with("web/tests/") || path.ends_with("_test.cpp") ||
         path.ends_with("_test.h") || path.find(".test.") != std::string_view::npos;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

std::vector<SourceFile> read_sources() {
  return read_tree({"core", "server", "runner", "tests", "bench", "web"},
                   [](const std::string& path) { return (is_cpp(path) || is_web(path)) && !path.ends_with(".d.ts"); });
}

std::vector<SourceFile> read_texts() {
  return read_tree({"core",       "server",         "runner",    "tests",      "bench",        "web",
                    "docs",       "schema",         "docker",    "cmake",      ".github",      ".ci",
                    "dev.d",      "examples",       "packaging", "README.md",  "CHANGELOG.md", "CONTRIBUTING.md",
                    "RELEASE.md", "CMakeLists.txt", "dev",       ".clang-tidy"},
                   [](const std::string& path) { return is_text(path) && !is_foreign(path); });
}

}  // namespace perftrend::tests
