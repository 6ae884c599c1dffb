#include "runner/system/secret.h"

namespace perftrend::runner {

std::string without_secret(std::string text, std::string_view secret) {
  constexpr std::string_view mask = "[secret]";
  if (secret.empty()) return text;
  for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + mask.size()))
    text.replace(at, secret.size(), mask);
  return text;
}

}  // namespace perftrend::runner
