#pragma once
// The body of a request, as the files and fields in it.

#include <httplib.h>

#include <cstddef>

#include "server/http/wire/answer.h"
#include "server/http/wire/memory_budget.h"

namespace perftrend::http {

/// Reads the body to its end, decompresses it by its Content-Encoding, and splits a form into its parts. Files go to
/// request.files (without a form: the one file), fields to request.query. `body_bytes_max` limits the body both as sent
/// and after decompression. `reader` delivers the bytes as they were sent, `request` has their headers, and `out` the
/// status that the library set. Throws Problem.
void read_body(const httplib::ContentReader& reader, const httplib::Response& out, std::size_t body_bytes_max,
               MemoryBudget::Share& share, Request& request);

}  // namespace perftrend::http
