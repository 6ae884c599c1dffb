#pragma once
// The parts of a multipart/form-data body (RFC 7578).

#include <tl/expected.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace perftrend::http {

struct FormPart {
  std::string name;
  std::string file_name;  ///< "" where the part states none: it is a field
  std::string content_type;
  std::string_view bytes;  ///< of the body
};

struct FormError {
  bool too_many_parts = false;
  std::string cause;
};

/// The boundary that a Content-Type states; nothing where it is no form's, "" where a form states none.
std::optional<std::string> form_boundary(std::string_view content_type);

/// Refuses a body that is no such form or whose end is missing.
tl::expected<std::vector<FormPart>, FormError> split_form(std::string_view body, std::string_view boundary,
                                                          std::size_t parts_max);

}  // namespace perftrend::http
