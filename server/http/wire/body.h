#pragma once
// The body of a request, as the files and fields that are in it.

#include <httplib.h>

#include <cstddef>

#include "server/http/wire/answer.h"
#include "server/http/wire/memory_budget.h"

namespace perftrend::http {

/// Reads it to its end, undoes its Content-Encoding and takes a form apart: files go to request.files (without a form,
/// the one), fields to request.query. Both are bounded by `body_bytes_max`, as sent and as unpacked. `reader` gives the
/// bytes as they were sent; request.headers say what they are. `out` has what the library found wrong. Throws Problem.
void read_body(const httplib::ContentReader& reader, const httplib::Response& out, std::size_t body_bytes_max,
               MemoryBudget::Share& share, Request& request);

}  // namespace perftrend::http
