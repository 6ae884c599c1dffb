#include "core/junit/text.h"

#include <fmt/format.h>
#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "core/text/utf8.h"

namespace perftrend::junit {

namespace {

/// Bytes that the compiler handles with one vector instruction.
using Block = unsigned char __attribute__((vector_size(16)));

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

ReadError refusal(std::string cause, std::string_view text, std::size_t offset, std::size_t mark_bytes = 0) {
  ReadError error;
  error.cause = std::move(cause);
  set_place(error, text, offset, mark_bytes);
  return error;
}

template <typename Vector>
bool is_zero(const Vector& block) {
  std::array<std::uint64_t, sizeof(Block) / sizeof(std::uint64_t)> words{};
  std::memcpy(words.data(), &block, sizeof block);
  return (words[0] | words[1]) == 0;
}

/// Replaces control characters from `begin` to `end` by '^'; refuses NUL.
tl::expected<void, ReadError> replace_controls(Text& text, std::size_t begin, std::size_t end) {
  for (std::size_t at = begin; at < end; ++at) {
    char& c = text.utf8[at];
    if (c == '\0') return tl::unexpected(refusal("NUL byte", text.utf8, at, text.mark_bytes));
    if (!is_control(c)) continue;
    c = '^';
    ++text.controls_replaced;
  }
  return {};
}

/// Replaces all control characters; sets is_ascii.
tl::expected<void, ReadError> replace_controls(Text& text) {
  const std::size_t size = text.utf8.size();
  Block seen{};
  std::size_t at = 0;
  for (; size - at >= sizeof(Block); at += sizeof(Block)) {
    Block block;
    std::memcpy(&block, text.utf8.data() + at, sizeof block);
    seen |= block;
    const auto controls = (block < 0x20) & (block != '\n') & (block != '\r') & (block != '\t');
    if (is_zero(controls)) continue;
    if (auto replaced = replace_controls(text, at, at + sizeof(Block)); !replaced) return replaced;
  }
  const auto is_high = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
  text.is_ascii = is_zero(seen & 0x80) &&
                  std::none_of(text.utf8.begin() + static_cast<std::ptrdiff_t>(at), text.utf8.end(), is_high);
  return replace_controls(text, at, size);
}

/// Checks UTF-8 and the characters XML allows; replaces control characters in place.
tl::expected<void, ReadError> make_clean(Text& text) {
  const std::string& utf8 = text.utf8;
  if (!text::is_utf8(utf8)) {
    const std::size_t at = text::find_invalid_utf8(utf8);
    return tl::unexpected(refusal(fmt::format("byte 0x{:02X} is not UTF-8; declare the encoding or convert the file",
                                              static_cast<unsigned>(static_cast<unsigned char>(utf8[at]))),
                                  utf8, at, text.mark_bytes));
  }
  // U+FFFE and U+FFFF are the only characters above the controls that XML 1.0 forbids.
  for (std::size_t at = utf8.find("\xEF\xBF"); at != std::string::npos; at = utf8.find("\xEF\xBF", at + 3)) {
    if (text::is_xml_character(text::decode_utf8(std::string_view(utf8).substr(at)).code)) continue;
    return tl::unexpected(refusal("U+FFFE or U+FFFF, which XML does not allow", utf8, at, text.mark_bytes));
  }
  return replace_controls(text);
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == '_') c = '-';
  }
  return out;
}

/// The encoding an XML declaration names, upper case, or "".
std::string declared_encoding(std::string_view text) {
  text = text.substr(0, 512);  // a declaration is one short line
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos || text.substr(begin, 5) != "<?xml") return "";
  // <?xmlTITY …?> is not a declaration but an instruction to a program of that name.
  if (std::string_view(" \t\r\n").find(text.substr(begin, 6).back()) == std::string_view::npos) return "";
  text = text.substr(begin, text.find("?>") - begin);
  const std::size_t word = text.find("encoding");
  if (word == std::string_view::npos) return "";
  const std::size_t open = text.find_first_of("\"'", word);
  if (open == std::string_view::npos) return "";
  const std::size_t close = text.find(text[open], open + 1);
  if (close == std::string_view::npos) return "";
  return upper(text.substr(open + 1, close - open - 1));
}

/// Stateless supersets of ASCII only: in these '<' is always '<', so that what was scanned is what others would see.
bool is_readable(std::string_view encoding) {
  static constexpr std::array prefixes = {"ISO-8859-", "ISO8859-",  "WINDOWS-125", "WINDOWS-874", "CP125",  "LATIN",
                                          "US-ASCII",  "KOI8-",     "CP437",       "CP85",        "CP86",   "IBM437",
                                          "IBM85",     "MACINTOSH", "EUC-JP",      "EUC-KR",      "GB2312", "GBK",
                                          "GB18030",   "BIG5",      "TIS-620"};
  return encoding == "ASCII" ||
         std::any_of(prefixes.begin(), prefixes.end(), [&](const char* p) { return encoding.starts_with(p); });
}

/// Names that glibc spells otherwise.
std::string iconv_name(std::string encoding) {
  if (encoding.starts_with("LATIN-")) return "LATIN" + encoding.substr(6);
  return encoding;
}

class Converter {
 public:
  explicit Converter(const std::string& from) : handle_(iconv_open("UTF-8", from.c_str())) {}
  ~Converter() {
    if (is_open()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  Converter(Converter&&) = delete;
  Converter& operator=(Converter&&) = delete;

  bool is_open() const { return handle_ != reinterpret_cast<iconv_t>(-1); }  // iconv_open's own way to say no

  enum class Outcome { done, invalid, too_large };

  /// Appends to `out` until the input ends, is invalid, or `bytes_max` is reached.
  Outcome convert(std::string_view in, std::size_t bytes_max, std::string& out) {
    std::array<char, std::size_t{16} * 1024> buffer{};
    char* from = const_cast<char*>(in.data());  // iconv's signature; it does not write there
    std::size_t from_left = in.size();
    while (true) {
      char* to = buffer.data();
      std::size_t to_left = buffer.size();
      const std::size_t result = iconv(handle_, &from, &from_left, &to, &to_left);
      const int cause = errno;
      const std::size_t made = buffer.size() - to_left;
      if (made > bytes_max - out.size()) return Outcome::too_large;
      out.append(buffer.data(), made);
      if (result != static_cast<std::size_t>(-1)) return Outcome::done;
      if (cause != E2BIG) return Outcome::invalid;
    }
  }

 private:
  iconv_t handle_;
};

ReadError too_large(const ReadLimits& limits) {
  ReadError error;
  error.cause = fmt::format("the document is larger than {} bytes", limits.body_bytes_max);
  error.over_limit = true;
  error.limit = "body_bytes_max";
  return error;
}

tl::expected<Text, ReadError> convert(std::string_view bytes, const std::string& encoding, const ReadLimits& limits) {
  Text text;
  text.encoding = encoding;
  Converter converter(iconv_name(encoding));
  if (!converter.is_open()) {
    return tl::unexpected(refusal(fmt::format("encoding {} is not known", encoding), {}, 0));
  }
  switch (converter.convert(bytes, limits.body_bytes_max, text.utf8)) {
    case Converter::Outcome::too_large:
      return tl::unexpected(too_large(limits));
    case Converter::Outcome::invalid:
      return tl::unexpected(refusal(fmt::format("bytes that are not {}", encoding), text.utf8, text.utf8.size()));
    case Converter::Outcome::done:
      break;
  }
  return text;
}

tl::expected<Text, ReadError> convert_clean(std::string_view bytes, const std::string& encoding,
                                            const ReadLimits& limits) {
  const bool has_mark = bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
  auto text = convert(bytes.substr(has_mark ? 2 : 0), encoding, limits);
  if (!text) return text;
  if (encoding.starts_with("UTF-16")) {
    const std::string declared = declared_encoding(text->utf8);
    if (!declared.empty() && declared != "UTF-16" && declared != encoding) {
      return tl::unexpected(refusal(
          fmt::format("the XML declaration says {}, but the bytes are {}; correct the declaration", declared, encoding),
          text->utf8, 0));
    }
  }
  if (auto clean = make_clean(*text); !clean) return tl::unexpected(clean.error());
  return text;
}

/// "" for UTF-8; the encoding's name; or a refusal.
tl::expected<std::string, ReadError> detect_encoding(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\xFF\xFE\0\0"sv) || bytes.starts_with("\0\0\xFE\xFF"sv)) {
    return tl::unexpected(refusal("UTF-32 is not read; send UTF-8", {}, 0));
  }
  if (bytes.starts_with("\xFF\xFE"sv) || bytes.starts_with("<\0"sv)) return "UTF-16LE";
  if (bytes.starts_with("\xFE\xFF"sv) || bytes.starts_with("\0<"sv)) return "UTF-16BE";
  const bool has_mark = bytes.starts_with("\xEF\xBB\xBF"sv);
  const std::string declared = declared_encoding(bytes.substr(has_mark ? 3 : 0));
  if (declared.starts_with("UTF-16") || declared.starts_with("UTF-32") || declared.starts_with("UCS-")) {
    return tl::unexpected(refusal(
        fmt::format("the XML declaration says {}, but the bytes are not; correct the declaration", declared), {}, 0));
  }
  if (has_mark || declared.empty() || declared == "UTF-8" || declared == "UTF8") return "";
  if (!is_readable(declared)) {
    return tl::unexpected(refusal(fmt::format("encoding {} is not read; send UTF-8", declared), {}, 0));
  }
  return declared;
}

}  // namespace

tl::expected<Text, ReadError> to_utf8(std::string_view bytes, const ReadLimits& limits) {
  if (bytes.size() > limits.body_bytes_max) return tl::unexpected(too_large(limits));
  const auto encoding = detect_encoding(bytes);
  if (!encoding) return tl::unexpected(encoding.error());
  if (!encoding->empty()) return convert_clean(bytes, *encoding, limits);
  Text text;
  if (bytes.starts_with("\xEF\xBB\xBF")) text.mark_bytes = 3;
  text.utf8 = bytes.substr(text.mark_bytes);
  if (auto clean = make_clean(text); !clean) return tl::unexpected(clean.error());
  return text;
}

void set_place(ReadError& error, std::string_view text, std::size_t offset, std::size_t mark_bytes) {
  offset = std::min(offset, text.size());
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_end = before.rfind('\n');
  const std::string_view line = line_end == std::string_view::npos ? before : before.substr(line_end + 1);
  const auto is_start = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  error.line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  error.column = 1 + static_cast<std::size_t>(std::count_if(line.begin(), line.end(), is_start));
  error.byte_offset = mark_bytes + offset;
}

}  // namespace perftrend::junit
