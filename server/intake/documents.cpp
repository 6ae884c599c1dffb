#include "server/intake/documents.h"

#include <fmt/format.h>
#include <zstd.h>

#include <iterator>
#include <optional>
#include <stdexcept>
#include <utility>

#include "core/formats/criterion_files.h"
#include "core/formats/report_reader.h"

namespace perftrend::intake {
namespace {

constexpr int zstd_level = 3;  // reports shrink 10 to 20 times at any level; higher ones only cost time

std::string compress(std::string_view body) {
  std::string packed(ZSTD_compressBound(body.size()), '\0');
  const std::size_t bytes = ZSTD_compress(packed.data(), packed.size(), body.data(), body.size(), zstd_level);
  if (ZSTD_isError(bytes) != 0U) throw std::runtime_error(ZSTD_getErrorName(bytes));
  packed.resize(bytes);
  packed.shrink_to_fit();
  return packed;
}

Refusal refuse(const junit::ReadError& error) {
  return {error.over_limit ? Refusal::Kind::over_limit : Refusal::Kind::malformed, error.cause, error.line,
          error.column, error.limit};
}

/// Adds what one more document of the same run says.
void merge(Report&& from, Report& to) {
  const auto append = [](auto&& source, auto& target) {
    target.insert(target.end(), std::make_move_iterator(source.begin()), std::make_move_iterator(source.end()));
  };
  append(from.properties, to.properties);
  append(from.cases, to.cases);
  append(from.warnings, to.warnings);
  if (to.output.empty()) {
    to.output = std::move(from.output);
  } else {
    to.output.append("\n").append(from.output);
  }
  if (from.started_us && (!to.started_us || *from.started_us < *to.started_us)) to.started_us = from.started_us;
  if (to.direction_advice.empty()) to.direction_advice = std::move(from.direction_advice);
  if (to.hostname.empty()) to.hostname = std::move(from.hostname);
  to.counts.cases += from.counts.cases;
  to.counts.passed += from.counts.passed;
  to.counts.failed += from.counts.failed;
  to.counts.errored += from.counts.errored;
  to.counts.skipped += from.counts.skipped;
  to.counts.notrun += from.counts.notrun;
  to.counts.properties += from.counts.properties;
  to.counts.time_seconds += from.counts.time_seconds;
}

/// Reads the files of one upload into one report.
class FilesReader {
 public:
  FilesReader(const Options& options, std::string_view content_type, std::vector<store::Document>* packed)
      : options_(options), content_type_(content_type), packed_(packed) {}

  std::optional<Refusal> read(formats::SentFile file) {
    auto limits = options_.unpack;
    limits.unpacked_bytes_max = options_.limits.body_bytes_max - unpacked_bytes_;
    auto unpacked = formats::unpack(std::move(file), limits);
    if (!unpacked) return refuse(unpacked.error());
    const std::size_t read_before = documents_read_;
    for (auto& document : unpacked->documents) {
      if (auto refusal = read_document(document, *unpacked)) return refusal;
      document.bytes = {};
    }
    if (!unpacked->is_archive) return std::nullopt;
    if (documents_read_ == read_before) {
      return Refusal{Refusal::Kind::malformed,
                     fmt::format("the archive holds no report; it holds {}; perftrend reads {}",
                                 formats::list_files(unpacked->skipped), formats::known_formats()),
                     0, 0, ""};
    }
    if (!unpacked->skipped.empty()) {
      all_.warnings.push_back("skipped in the archive, because they are not reports: " +
                              formats::list_files(unpacked->skipped));
    }
    return std::nullopt;
  }

  tl::expected<Report, Refusal> finish() {
    if (documents_read_ > 0) return std::move(all_);
    return tl::unexpected(Refusal{Refusal::Kind::malformed, "the upload contains no file", 0, 0, ""});
  }

 private:
  std::optional<Refusal> read_document(formats::SentFile& document, formats::Unpacked& unpacked) {
    unpacked_bytes_ += document.bytes.size();
    if (unpacked_bytes_ > options_.limits.body_bytes_max) {
      return Refusal{Refusal::Kind::over_limit, "the documents together are over the limit", 0, 0, "body_bytes_max"};
    }
    if (!content_type_.empty()) document.content_type = content_type_;
    auto report = formats::read_report(document.bytes, document.content_type, document.name, options_.limits);
    if (!report && report.error().is_other_file && unpacked.is_archive) {
      unpacked.skipped.push_back(std::move(document.name));
      return std::nullopt;
    }
    if (!report) {
      auto refusal = refuse(report.error());
      if (!document.name.empty()) refusal.cause = document.name + ": " + refusal.cause;
      return refusal;
    }
    merge(std::move(*report), all_);
    ++documents_read_;
    if (all_.cases.size() > options_.limits.cases_max) {
      return Refusal{Refusal::Kind::over_limit, "the documents together have too many cases", 0, 0, "cases_max"};
    }
    if (packed_ != nullptr) {
      packed_->push_back({std::move(document.name), std::move(document.content_type), document.bytes.size(),
                          compress(document.bytes)});
    }
    return std::nullopt;
  }

  const Options& options_;
  std::string_view content_type_;
  std::vector<store::Document>* packed_;
  Report all_;
  std::size_t documents_read_ = 0;
  std::size_t unpacked_bytes_ = 0;
};

}  // namespace

tl::expected<Report, Refusal> read_files(std::vector<formats::SentFile> files, const Options& options,
                                         std::string_view content_type, std::vector<store::Document>* packed) {
  FilesReader reader(options, content_type, packed);
  formats::Unpacked sent{std::move(files), false, {}};
  if (sent.documents.size() > 1) formats::join_criterion_files(sent);
  for (auto& file : sent.documents) {
    if (auto refusal = reader.read(std::move(file))) return tl::unexpected(std::move(*refusal));
  }
  return reader.finish();
}

std::string unpack(const store::Document& document) {
  std::string body(document.body_bytes, '\0');
  const std::size_t bytes =
      ZSTD_decompress(body.data(), body.size(), document.body_zstd.data(), document.body_zstd.size());
  if (ZSTD_isError(bytes) != 0U || bytes != body.size()) throw db::Unusable("a stored document does not unpack");
  return body;
}

}  // namespace perftrend::intake
