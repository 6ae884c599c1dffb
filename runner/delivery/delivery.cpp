#include "runner/delivery/delivery.h"

#include <fmt/format.h>

#include "runner/delivery/spool.h"
#include "runner/system/clock.h"

namespace perftrend::runner {

std::string as_sentence(std::string text) {
  if (!text.empty() && std::string_view(".!?").find(text.back()) == std::string_view::npos) text += '.';
  return text;
}

Uploader make_uploader(const ServerUrl& server, ProgressReporter& progress) {
  return {server, [&progress](std::int64_t wait_ms, const UploadError& because) {
            progress.say(because.message + "; trying again");
            SteadyClock clock;
            clock.sleep_ns(wait_ms * 1'000'000);
          }};
}

void deliver_spooled_and_report(Uploader& uploader, const Delivery& delivery, const std::string& spool,
                                ProgressReporter& progress) {
  if (spool.empty()) return;
  const auto send = [&](const Delivery& spooled, const std::string& body) { return uploader.deliver(spooled, body); };
  const SpoolDeliveries deliveries = deliver_spooled(spool, delivery.server, delivery.token, send);
  for (const auto& refused : deliveries.refused)
    progress.warn("the server refused a spooled report permanently; it was moved to " + refused);
  if (deliveries.delivered > 0) {
    progress.say(fmt::format("delivered {} reports from the spool {}; {} are still waiting", deliveries.delivered,
                             spool, deliveries.waiting));
  }
}

std::string spool_undelivered(const Delivery& delivery, const UploadError& error, const std::string& body,
                              const std::string& file, const std::string& spool) {
  const std::string later = fmt::format("perftrend-runner upload {} --url {}{} --project {}", file,
                                        delivery.server.origin, delivery.server.prefix, delivery.project);
  if (spool.empty() || error.lasting) return fmt::format("The report is in {}; deliver it later with: {}", file, later);
  if (const auto spooled = spool_report(spool, delivery, body); !spooled) {
    return fmt::format("The report is only in {} because {}; deliver it later with: {}", file, spooled.error(), later);
  }
  return fmt::format("The report is in {} and in the spool {}: the next upload to this server delivers it", file,
                     spool);
}

void print_result(const Delivery& delivery, const UploadResult& result, const std::string& file,
                  ProgressReporter& progress) {
  progress.say(fmt::format("uploaded {} to {}{}: run {}{}, {} points", file, delivery.server.origin,
                           delivery.server.prefix, result.run_id, result.already_stored ? " (already stored)" : "",
                           result.points));
  bool warned = false;
  for (const auto& [text, warns] : result.findings) {
    warns ? progress.warn(junit::warning_mark + text) : progress.say(text);
    warned = warned || warns;
  }
  if (result.suspected > 0) {
    progress.say(fmt::format("{} suspected and not confirmed yet: the next runs decide",
                             result.suspected == 1 ? "1 series is" : fmt::format("{} series are", result.suspected)));
  }
  if (warned) progress.say("timing warnings do not change the exit code");
}

bool upload_and_report(const Delivery& delivery, const std::string& xml, const std::string& file,
                       const std::string& spool, ProgressReporter& progress) {
  Uploader uploader = make_uploader(delivery.server, progress);
  progress.show(fmt::format("uploading {} to {}{}", file, delivery.server.origin, delivery.server.prefix));
  const auto result = uploader.deliver(delivery, xml);
  if (!result) {
    progress.warn(fmt::format("upload failed: {} {}", as_sentence(result.error().message),
                              spool_undelivered(delivery, result.error(), xml, file, spool)));
    return false;
  }
  print_result(delivery, *result, file, progress);
  deliver_spooled_and_report(uploader, delivery, spool, progress);
  return true;
}

}  // namespace perftrend::runner
