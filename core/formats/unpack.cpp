#include "core/formats/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "core/formats/criterion_files.h"
#include "core/formats/decoder.h"
#include "core/formats/file_names.h"
#include "core/formats/report_reader.h"
#include "core/text/trim.h"

namespace perftrend::formats {
namespace {

using Archive = std::unique_ptr<archive, decltype(&archive_read_free)>;

/// A compressed tar may have this many bytes for each byte of documents allowed in it: it contains logs too.
constexpr std::size_t others_a_document = 16;

bool is_tar(std::string_view bytes) {
  constexpr std::size_t magic_at = 257;
  return bytes.size() > magic_at && bytes.substr(magic_at).starts_with("ustar");
}

/// What begins like this is packed. None of it can begin a report.
bool is_packed(std::string_view bytes) {
  using namespace std::string_view_literals;
  constexpr std::array<std::string_view, 6> magics = {"PK\x03\x04"sv,    "\x1f\x8b"sv, "\x28\xb5\x2f\xfd"sv,
                                                      "\xfd\x37zXZ\0"sv, "BZh"sv,      "7z\xbc\xaf\x27\x1c"sv};
  const bool known = std::any_of(magics.begin(), magics.end(), [&](auto magic) { return bytes.starts_with(magic); });
  return known || bytes.starts_with("PK\x05\x06") || is_tar(bytes);
}

junit::ReadError refused(std::string cause) {
  junit::ReadError error;
  error.cause = std::move(cause);
  return error;
}

junit::ReadError over(std::string limit, std::size_t most) {
  junit::ReadError error;
  error.cause = fmt::format("the archive is over the limit {} ({})", limit, most);
  error.over_limit = true;
  error.limit = std::move(limit);
  return error;
}

std::string reason_of(archive* reader) {
  const char* text = archive_error_string(reader);
  return text == nullptr ? "it ends early" : text;
}

/// Reads the current entry. `total` counts the bytes of all entries of its kind.
tl::expected<std::string, junit::ReadError> read_entry(archive* reader, const UnpackLimits& limits,
                                                       std::size_t& total) {
  std::string bytes;
  std::array<char, std::size_t{64} << 10U> buffer{};
  for (;;) {
    const auto got = archive_read_data(reader, buffer.data(), buffer.size());
    if (got < 0) return tl::unexpected(refused("the archive is broken: " + reason_of(reader)));
    if (got == 0) return bytes;
    total += static_cast<std::size_t>(got);
    if (total > limits.unpacked_bytes_max) {
      return tl::unexpected(over("unpacked_bytes_max", limits.unpacked_bytes_max));
    }
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

Archive open_archive(std::string_view bytes) {
  Archive reader(archive_read_new(), &archive_read_free);
  if (!reader) throw std::bad_alloc();
  for (const auto support :
       {archive_read_support_filter_gzip, archive_read_support_filter_zstd, archive_read_support_filter_xz,
        archive_read_support_filter_bzip2, archive_read_support_format_zip, archive_read_support_format_tar,
        archive_read_support_format_cpio, archive_read_support_format_7zip, archive_read_support_format_raw,
        archive_read_support_format_empty}) {
    support(reader.get());
  }
  if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) return {nullptr, nullptr};
  return reader;
}

/// libarchive does not look at gzip's sum. So a compressed document is decoded here, and a compressed tar, which may
/// hold far more than documents, is only proven whole; `bytes` stays as it is then.
std::optional<junit::ReadError> decode_outermost(std::string& bytes, const UnpackLimits& limits) {
  const auto packing = packing_of_bytes(bytes);
  if (!packing) return std::nullopt;
  constexpr std::size_t tar_block_bytes = 512;
  std::string document;
  bool tar = false;
  std::size_t total = 0;
  const auto decoder = make_decoder(*packing);
  const auto fits = [&] { return total / (tar ? others_a_document : 1) <= limits.unpacked_bytes_max; };
  const bool good = decoder->take(bytes, [&](std::string_view part) {
    total += part.size();
    if (!tar && fits()) document.append(part);
    tar = tar || (total - part.size() < tar_block_bytes && is_tar(document));
    return fits();
  });
  if (!fits()) return over("unpacked_bytes_max", limits.unpacked_bytes_max);
  if (!good) return refused("the archive is broken: its compressed bytes or their sum are wrong");
  if (!decoder->is_whole()) return refused("the archive is broken: it ends early");
  if (!tar) bytes = std::move(document);
  return std::nullopt;
}

/// Takes the entries of one archive, in their order.
class ArchiveReader {
 public:
  ArchiveReader(const SentFile& file, const UnpackLimits& limits) : file_(file), limits_(limits) {}

  tl::expected<Unpacked, junit::ReadError> run() {
    const auto reader = open_archive(file_.bytes);
    if (!reader) return tl::unexpected(refused("the archive is broken"));
    archive_entry* entry = nullptr;
    for (std::size_t entries = 1;; ++entries) {
      const int status = archive_read_next_header(reader.get(), &entry);
      if (status == ARCHIVE_EOF) break;
      if (status < ARCHIVE_WARN) return tl::unexpected(refused("the archive is broken: " + reason_of(reader.get())));
      if (entries > limits_.archive_entries_max) {
        return tl::unexpected(over("archive_entries_max", limits_.archive_entries_max));
      }
      if (auto error = take(reader.get(), entry)) return tl::unexpected(std::move(*error));
    }
    return std::move(unpacked_);
  }

 private:
  std::optional<junit::ReadError> take(archive* reader, archive_entry* entry) {
    // Compressed bytes that are not an archive have one entry, without a name of its own.
    const bool raw = archive_format(reader) == ARCHIVE_FORMAT_RAW;
    if (raw && archive_filter_code(reader, 0) == ARCHIVE_FILTER_NONE) {
      return refused("the archive is broken: it ends in its first header");
    }
    unpacked_.is_archive = !raw;
    if (!raw && archive_entry_filetype(entry) != AE_IFREG) return std::nullopt;
    const char* path = archive_entry_pathname_utf8(entry);
    std::string name = raw ? file_.name : (path == nullptr ? "" : path);
    const FileKind kind = raw ? FileKind::document : kind_of_file_name(name);
    if (name.size() > limits_.file_name_bytes_max) name.resize(limits_.file_name_bytes_max);
    if (kind == FileKind::text) return take_text(reader, entry, std::move(name));
    if (kind != FileKind::document) {  // archives inside archives are not opened
      unpacked_.skipped.push_back(std::move(name));
      return std::nullopt;
    }
    if (archive_entry_is_encrypted(entry) != 0) return refused("the archive is encrypted: " + name);
    auto bytes = read_entry(reader, limits_, total_);
    if (!bytes) return std::move(bytes.error());
    unpacked_.documents.push_back({std::move(name), raw ? file_.content_type : "", std::move(*bytes)});
    return std::nullopt;
  }

  /// A text is skipped unless it holds results. Logs may be large: those beyond the limit are skipped too.
  std::optional<junit::ReadError> take_text(archive* reader, archive_entry* entry, std::string name) {
    if (archive_entry_is_encrypted(entry) != 0 || texts_total_ > limits_.unpacked_bytes_max) {
      unpacked_.skipped.push_back(std::move(name));
      return std::nullopt;
    }
    auto bytes = read_entry(reader, limits_, texts_total_);
    if (!bytes && !bytes.error().over_limit) return std::move(bytes.error());
    if (!bytes || !is_text_report(*bytes)) {
      unpacked_.skipped.push_back(std::move(name));
      return std::nullopt;
    }
    total_ += bytes->size();
    if (total_ > limits_.unpacked_bytes_max) return over("unpacked_bytes_max", limits_.unpacked_bytes_max);
    unpacked_.documents.push_back({std::move(name), "", std::move(*bytes)});
    return std::nullopt;
  }

  const SentFile& file_;
  const UnpackLimits& limits_;
  Unpacked unpacked_;
  std::size_t total_ = 0, texts_total_ = 0;  ///< bytes of documents; of texts that may be documents
};

}  // namespace

tl::expected<Unpacked, junit::ReadError> unpack(SentFile file, const UnpackLimits& limits) {
  if (file.name.size() > limits.file_name_bytes_max) file.name.resize(limits.file_name_bytes_max);
  if (auto error = decode_outermost(file.bytes, limits)) return tl::unexpected(std::move(*error));
  if (!is_packed(file.bytes)) {
    Unpacked unpacked;
    unpacked.documents.push_back(std::move(file));
    return unpacked;
  }
  auto unpacked = ArchiveReader(file, limits).run();
  if (!unpacked) return unpacked;
  join_criterion_files(*unpacked);
  if (unpacked->documents.empty()) {
    return tl::unexpected(refused("the archive holds no report; it holds " + list_files(unpacked->skipped)));
  }
  std::stable_sort(unpacked->documents.begin(), unpacked->documents.end(),
                   [](const SentFile& a, const SentFile& b) { return a.name < b.name; });
  return unpacked;
}

std::string list_files(const std::vector<std::string>& names) {
  constexpr std::size_t names_max = 5;
  constexpr std::size_t name_bytes_max = 80;
  std::string list = fmt::format("{} file{}", names.size(), names.size() == 1 ? "" : "s");
  for (std::size_t i = 0; i < std::min(names.size(), names_max); ++i)
    list += (i == 0 ? ": " : ", ") + text::shortened(names[i], name_bytes_max);
  return names.size() > names_max ? list + ", …" : list;
}

}  // namespace perftrend::formats
