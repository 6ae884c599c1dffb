#pragma once
// CSV that known programs write: Google Benchmark, JMH, hyperfine, pytest-benchmark. Their columns become what the same
// program writes as JSON, so that both give the same cases and metrics (schema/formats.md).

#include <optional>

#include "core/formats/csv_table.h"
#include "core/junit/report_builder.h"

namespace perftrend::formats {

/// True for the header of such a program.
bool is_csv_of_producer(const CsvRow& header);

/// Reads a table for whose header is_csv_of_producer is true. Returns why it is refused; nothing when it is read.
std::optional<junit::ReadError> read_csv_of_producer(const junit::Text& text, const CsvTable& table,
                                                     junit::ReportBuilder& builder);

}  // namespace perftrend::formats
