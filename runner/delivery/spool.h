#pragma once
// Reports that no server took, kept until one does. A directory of JSON files, one for each report; a file is written
// whole or not at all, and gone when the report is delivered. Several runners may use it at once: a report delivered
// twice is one run (Idempotency-Key). No token is ever in it.

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/junit/suite_report.h"
#include "runner/delivery/upload.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

/// Most reports and bytes that wait: half a year of nightly runs of one scenario. What comes then is refused, not what
/// has waited longest: the file the report was written to is still there.
inline constexpr std::size_t spool_files_max = 200;
inline constexpr std::uintmax_t spool_bytes_max = 256U << 20U;
/// Most reports that one upload delivers besides its own: a run does not become a courier.
inline constexpr std::size_t spool_deliveries_max = 50;

/// perftrend/spool below XDG_STATE_HOME, else below ~/.local/state (XDG Base Directory Specification 0.8); "" where
/// neither is known.
std::string default_spool(const Variables& variables);

/// Keeps `body`, whatever its bytes, for the delivery. An error in one line: the spool is full or cannot be written.
tl::expected<void, std::string> keep_for_later(const std::filesystem::path& spool, const Delivery& delivery,
                                               const std::string& body);

/// Reports that wait for `server`, oldest first. Files that are no spooled reports are left alone.
std::vector<std::filesystem::path> waiting_for(const std::filesystem::path& spool, const ServerUrl& server);

/// What became of the reports that waited.
struct Caught {
  std::size_t delivered = 0;
  std::size_t waiting = 0;           ///< still
  std::vector<std::string> refused;  ///< by the server, for good: moved into the directory "refused", one line each
};

/// Delivers those that wait for the server, oldest first, at most spool_deliveries_max, and stops at the first that the
/// server does not answer. `send` is deliver() but in tests.
using Send = std::function<tl::expected<UploadResult, UploadError>(const Delivery&, const std::string& body)>;
Caught catch_up(const std::filesystem::path& spool, const ServerUrl& server, const std::string& token,
                const Send& send);

}  // namespace perftrend::runner
