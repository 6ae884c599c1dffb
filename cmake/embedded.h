#pragma once
// Files that are part of the binary (cmake/PerftrendEmbed.cmake writes the definitions).

#include <string_view>
#include <vector>

namespace perftrend::embedded {

struct File {
  std::string_view path;   ///< relative to the embedded folder, with '/'
  std::string_view bytes;  ///< lives as long as the program
};

std::vector<File> sql();      ///< schema/sql
std::vector<File> web();      ///< web/dist; empty where the dashboard was not built
std::vector<File> openapi();  ///< the bundle of schema/openapi/: one file

}  // namespace perftrend::embedded
