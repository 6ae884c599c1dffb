#include "runner/delivery.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "runner/junit_writer.h"
#include "runner/spool.h"

namespace perftrend::runner {
namespace {

/// Ends with a full stop, unless it ends a sentence already.
std::string as_sentence(std::string text) {
  if (!text.empty() && std::string_view(".!?").find(text.back()) == std::string_view::npos) text += '.';
  return text;
}

/// deliver() with real waiting.
tl::expected<Receipt, UploadError> send(const Delivery& delivery, const std::string& xml) {
  SteadyClock clock;
  return deliver(delivery, xml, [&](std::int64_t wait_ms) { clock.sleep_ns(wait_ms * 1'000'000); });
}

/// What waited for this server, now that it answers.
void catch_up_and_tell(const Delivery& delivery, const std::string& spool, Progress& progress) {
  if (spool.empty()) return;
  const Caught caught = catch_up(spool, delivery.server, delivery.token, send);
  for (const auto& refused : caught.refused)
    progress.warn("a report that waited was refused for good and put aside: " + refused);
  if (caught.delivered > 0) {
    progress.say(fmt::format("delivered {} reports that had waited in {}; {} still wait", caught.delivered, spool,
                             caught.waiting));
  }
}

/// Where a report that was not taken is, and what delivers it.
std::string kept(const Delivery& delivery, const UploadError& error, const std::string& xml, const std::string& file,
                 const std::string& spool) {
  const std::string later = fmt::format("perftrend-runner upload {} --url {}{} --project {}", file,
                                        delivery.server.origin, delivery.server.prefix, delivery.project);
  if (spool.empty() || error.lasting)
    return fmt::format("The report is kept in {}; deliver it later with: {}", file, later);
  if (const auto spooled = keep_for_later(spool, delivery, xml); !spooled) {
    return fmt::format("The report is kept in {} alone, as {}; deliver it later with: {}", file, spooled.error(),
                       later);
  }
  return fmt::format("The report is kept in {} and waits in {}: the next upload to this server delivers it", file,
                     spool);
}

}  // namespace

bool deliver_and_tell(const Delivery& delivery, const std::string& xml, const std::string& file,
                      const std::string& spool, Progress& progress) {
  const auto receipt = send(delivery, xml);
  if (!receipt) {
    progress.warn(fmt::format("upload failed: {} {}", as_sentence(receipt.error().message),
                              kept(delivery, receipt.error(), xml, file, spool)));
    return false;
  }
  progress.say(fmt::format("uploaded {} to {}{}: run {}{}, {} points", file, delivery.server.origin,
                           delivery.server.prefix, receipt->run_id, receipt->known_before ? " (known before)" : "",
                           receipt->points));
  for (const auto& finding : receipt->findings)
    progress.warn(warning_mark + finding);
  catch_up_and_tell(delivery, spool, progress);
  return true;
}

ExitCode upload_files(const UploadOptions& options) {
  Progress progress(Progress::Style::plain, stderr);
  ExitCode code = ExitCode::ok;
  for (const std::string& file : options.files) {
    std::ifstream in(file, std::ios::binary);
    const std::string xml{std::istreambuf_iterator<char>(in), {}};
    const RunCoordinates at = coordinates_in(suite_properties(xml));
    if (!in.is_open() || in.bad() || xml.empty()) {
      progress.warn(fmt::format("perftrend-runner: {}: cannot be read or is empty", file));
      code = ExitCode::not_delivered;
    } else if (!deliver_and_tell({options.server, options.project, options.token, at}, xml, file, options.spool,
                                 progress)) {
      code = ExitCode::not_delivered;
    }
  }
  return code;
}

}  // namespace perftrend::runner
