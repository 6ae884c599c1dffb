#pragma once
// Report files that a command line names: files, and folders that hold reports among other files. Both programs collect
// them with the same rules, which are those of an upload (schema/formats.md).

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace perftrend::files {

/// How a file was found.
enum class FoundBy {
  name,       ///< the command line names it
  folder,     ///< it lies in a folder that the command line names; other files lie there too
  criterion,  ///< as above, among the results of Criterion, which need the names of their folders
};

struct ReportFile {
  std::filesystem::path path;
  std::string name;  ///< sent to the server: relative to the folder, or the file's own name
  FoundBy found_by = FoundBy::name;
};

/// The files of one run: a report or an archive; several for the results of Criterion in one folder.
using RunFiles = std::vector<ReportFile>;

struct ReportFiles {
  std::vector<RunFiles> runs;
  std::vector<std::string> left;  ///< files of the folders that are not reports by their names
};

/// The runs in `paths`, in the given order. A folder is replaced by the files in it and in its subfolders that may be
/// reports by their names, ordered by path. A folder that cannot be read is returned as if it were a file.
ReportFiles find_report_files(const std::vector<std::filesystem::path>& paths);

/// Why a file that was found in a folder is not a report; "" for a report, an archive, and a broken report.
std::string why_left(const ReportFile& file, std::string_view bytes);

/// What a command says of the files that it left: a line for each of the first 20. "" without names.
std::string describe_left(const std::vector<std::string>& left);

}  // namespace perftrend::files
