#pragma once
// The spool: a directory of reports that could not be delivered, one JSON file for each. A file is written whole or not
// at all, and removed when its report is delivered. Several runners may use the spool at once: a report that is
// delivered twice is one run (Idempotency-Key). The spool never contains a token.

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "runner/delivery/upload.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

/// Limits of the spool: half a year of nightly runs of one scenario. A report beyond them is refused; the oldest ones
/// stay. The refused report is still in the file it was written to.
inline constexpr std::size_t spool_files_max = 200;
inline constexpr std::uintmax_t spool_bytes_max = 256U << 20U;
/// Most spooled reports that one upload delivers after its own, so that a run does not take much longer.
inline constexpr std::size_t spool_deliveries_max = 50;

/// perftrend/spool in XDG_STATE_HOME, else in ~/.local/state (XDG Base Directory Specification 0.8); "" where neither
/// is known.
std::string default_spool(const Variables& variables);

/// Stores `body`, any bytes, with its delivery. The error is one line: the spool is full or cannot be written.
tl::expected<void, std::string> spool_report(const std::filesystem::path& spool, const Delivery& delivery,
                                             const std::string& body);

/// Spooled reports for `server`, oldest first. Other files in the directory are ignored.
std::vector<std::filesystem::path> spooled_for(const std::filesystem::path& spool, const ServerUrl& server);

/// Result of delivering spooled reports.
struct SpoolDeliveries {
  std::size_t delivered = 0;
  std::size_t waiting = 0;           ///< still in the spool
  std::vector<std::string> refused;  ///< permanently, by the server: moved to the directory "refused", one line each
};

/// Delivers the reports for `server`, oldest first, at most spool_deliveries_max. Stops at the first failure that a
/// later attempt may not have. `send` is Uploader::deliver except in tests.
using Send = std::function<tl::expected<UploadResult, UploadError>(const Delivery&, const std::string& body)>;
SpoolDeliveries deliver_spooled(const std::filesystem::path& spool, const ServerUrl& server, const std::string& token,
                                const Send& send);

}  // namespace perftrend::runner
