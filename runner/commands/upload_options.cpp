#include <memory>

#include "runner/commands/option_checks.h"
#include "runner/commands/options.h"
#include "runner/delivery/spool.h"

namespace perftrend::runner {
namespace {

/// What was given, before it is checked.
struct UploadArguments {
  UploadOptions options;
  std::optional<std::string> format;
  std::string url, token_file;
};

CommandLine checked(UploadArguments given, const Variables& variables) {
  UploadOptions upload = std::move(given.options);
  const auto server = read_server(given.url, variables);
  if (!server) throw UsageError("upload: no server is given: use --url or PERFTREND_URL");
  upload.server = *server;
  upload.project = read_project(upload.project, variables);
  if (upload.project.empty()) throw UsageError("upload: the project is missing: --project or PERFTREND_PROJECT");
  upload.token = read_token(given.token_file, variables);
  upload.format = given.format.value_or("");
  if (upload.spool.empty()) upload.spool = default_spool(variables);
  check_coordinates(upload.coordinates);
  return upload;
}

}  // namespace

CheckOptions declare_upload(ArgumentParser& parser) {
  const auto given = std::make_shared<UploadArguments>();
  UploadOptions& upload = given->options;
  Arguments arguments =
      parser.add_command("upload", "Upload reports that are on disk; uploading the same report again is harmless");
  arguments.operands("FILE", upload.files, 1,
                     "reports, archives of them (zip, tar.gz, tar.zst) or directories, whose other files are left; "
                     "each file is a run");
  arguments.flag("--one-run", upload.one_run, "all files together are one run");
  arguments.text("--url", given->url, "server (or PERFTREND_URL)");
  arguments.text("--project", upload.project, "project on the server (or PERFTREND_PROJECT)");
  arguments.text("--token-file", given->token_file, "file that contains the token (or PERFTREND_TOKEN)");
  RunCoordinates& coordinates = upload.coordinates;
  arguments.text("--testbed", coordinates.testbed,
                 "testbed of every run (default: the report's, or PERFTREND_TESTBED)");
  arguments.text("--branch", coordinates.branch, "branch of every run (default: the report's, else the CI's)");
  arguments.text("--commit", coordinates.commit, "commit of every run (default: the report's, else the CI's)");
  arguments.text("--commit-time", coordinates.commit_time,
                 "RFC 3339: position of the run in the trend (default: the report's)");
  arguments.text("--started-at", coordinates.started_at, "RFC 3339 (default: the report's, else now)");
  declare_parts(arguments, coordinates);
  arguments.flag("--stated-only", upload.stated_only,
                 "take nothing from the CI's environment: for reports of other jobs than this one");
  arguments.choice("--format", given->format, {"ctest"}, "ctest: the files are CTest's Test.xml");
  arguments.text("--spool", upload.spool, spool_help);
  return [given](const Variables& variables) { return checked(*given, variables); };
}

}  // namespace perftrend::runner
