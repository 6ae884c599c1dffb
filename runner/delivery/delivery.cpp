#include "runner/delivery/delivery.h"

#include <fmt/format.h>

#include "runner/delivery/spool.h"

namespace perftrend::runner {

std::string as_sentence(std::string text) {
  if (!text.empty() && std::string_view(".!?").find(text.back()) == std::string_view::npos) text += '.';
  return text;
}

Uploader courier_to(const ServerUrl& server, Progress& progress) {
  return {server, [&progress](std::int64_t wait_ms, const UploadError& because) {
            progress.say(because.message + "; trying again");
            SteadyClock clock;
            clock.sleep_ns(wait_ms * 1'000'000);
          }};
}

void catch_up_and_tell(Uploader& courier, const Delivery& delivery, const std::string& spool, Progress& progress) {
  if (spool.empty()) return;
  const auto send = [&](const Delivery& waiting, const std::string& body) { return courier.deliver(waiting, body); };
  const Caught caught = catch_up(spool, delivery.server, delivery.token, send);
  for (const auto& refused : caught.refused)
    progress.warn("a report that waited was refused for good and put aside: " + refused);
  if (caught.delivered > 0) {
    progress.say(fmt::format("delivered {} reports that had waited in {}; {} still wait", caught.delivered, spool,
                             caught.waiting));
  }
}

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

void print_result(const Delivery& delivery, const UploadResult& receipt, const std::string& file, Progress& progress) {
  progress.say(fmt::format("uploaded {} to {}{}: run {}{}, {} points", file, delivery.server.origin,
                           delivery.server.prefix, receipt.run_id, receipt.known_before ? " (known before)" : "",
                           receipt.points));
  bool warned = false;
  for (const auto& [text, warns] : receipt.findings) {
    warns ? progress.warn(junit::warning_mark + text) : progress.say(text);
    warned = warned || warns;
  }
  if (warned) progress.say("a timing warning is no failure: the exit code does not know of it");
}

bool upload_and_report(const Delivery& delivery, const std::string& xml, const std::string& file,
                       const std::string& spool, Progress& progress) {
  Uploader courier = courier_to(delivery.server, progress);
  progress.show(fmt::format("uploading {} to {}{}", file, delivery.server.origin, delivery.server.prefix));
  const auto receipt = courier.deliver(delivery, xml);
  if (!receipt) {
    progress.warn(fmt::format("upload failed: {} {}", as_sentence(receipt.error().message),
                              kept(delivery, receipt.error(), xml, file, spool)));
    return false;
  }
  print_result(delivery, *receipt, file, progress);
  catch_up_and_tell(courier, delivery, spool, progress);
  return true;
}

}  // namespace perftrend::runner
