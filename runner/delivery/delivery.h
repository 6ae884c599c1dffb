#pragma once
// What a person is told of deliveries: where a report went, or where it is kept and what delivers it later. The way
// itself is upload.h and spool.h.

#include <string>
#include <vector>

#include "runner/commands/command_line.h"
#include "runner/delivery/upload.h"
#include "runner/show/progress.h"

namespace perftrend::runner {

/// Delivers `xml`, which lies in `file`, and what waited in `spool` for the same server. Tells of it in one line;
/// findings of the server are warnings. False: not delivered, and said where it is kept.
bool upload_and_report(const Delivery& delivery, const std::string& xml, const std::string& file,
                       const std::string& spool, Progress& progress);

// Its steps, for what delivers many.

/// A courier that really waits, and says what for.
Uploader courier_to(const ServerUrl& server, Progress& progress);
/// One line about where it went, and the server's findings as warnings.
void print_result(const Delivery& delivery, const UploadResult& receipt, const std::string& file, Progress& progress);
/// Puts what was not taken into the spool, where there is one and another time may be better. Where the report is then,
/// and what delivers it later.
std::string kept(const Delivery& delivery, const UploadError& error, const std::string& body, const std::string& file,
                 const std::string& spool);
/// Delivers what waited for this server, now that it answers.
void catch_up_and_tell(Uploader& courier, const Delivery& delivery, const std::string& spool, Progress& progress);
/// Ends with a full stop, unless it ends a sentence already.
std::string as_sentence(std::string text);

}  // namespace perftrend::runner
