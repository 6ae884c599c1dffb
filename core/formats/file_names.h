#pragma once
// Kinds of files by their names, for archives and folders that hold reports among other files. Pure.

#include <string_view>

namespace perftrend::formats {

enum class FileKind {
  document,  ///< XML or JSON: a report, unless its content is of another kind
  text,      ///< text or a table: a report if it has results of benchmarks
  packed,    ///< an archive, or a compressed file
  other,     ///< never a report
};

/// Kind of the file with this name or path. Case of the ending does not matter.
FileKind kind_of_file_name(std::string_view path);

}  // namespace perftrend::formats
