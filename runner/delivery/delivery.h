#pragma once
// Delivery of one report with messages for the user: where it was uploaded, or where it is and how to deliver it later.
// The transport is upload.h, the directory of undelivered reports is spool.h.

#include <string>

#include "runner/delivery/upload.h"
#include "runner/show/progress.h"

namespace perftrend::runner {

/// Delivers `xml`, which is stored in `file`, then the reports in `spool` for the same server. Prints one line;
/// findings of the server are warnings. Returns false when the report was not delivered; the message then says where it
/// is.
bool upload_and_report(const Delivery& delivery, const std::string& xml, const std::string& file,
                       const std::string& spool, ProgressReporter& progress);

// The steps of it, for the command that delivers many reports.

/// An uploader that waits between attempts and prints why.
Uploader make_uploader(const ServerUrl& server, ProgressReporter& progress);
/// Prints where the report was uploaded, and the server's findings as warnings.
void print_result(const Delivery& delivery, const UploadResult& result, const std::string& file,
                  ProgressReporter& progress);
/// Stores a report that failed with `error` in the spool, if there is one and a later attempt may succeed. Returns a
/// sentence: where the report is, and how to deliver it later.
std::string spool_undelivered(const Delivery& delivery, const UploadError& error, const std::string& body,
                              const std::string& file, const std::string& spool);
/// Delivers the spooled reports for this server and prints the result.
void deliver_spooled_and_report(Uploader& uploader, const Delivery& delivery, const std::string& spool,
                                ProgressReporter& progress);
/// `text` with a full stop, unless it ends a sentence already.
std::string as_sentence(std::string text);

}  // namespace perftrend::runner
