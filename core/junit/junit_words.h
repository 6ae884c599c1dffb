#pragma once
// The vocabulary of JUnit and its dialects.

#include <string_view>

namespace perftrend::junit {

/// The elements of JUnit by what they mean here.
enum class Word { container, testcase, properties, error, failure, skipped, flaky, rerun, out, err, foreign };

/// Of an element's name, any prefix of a namespace ignored.
Word word_of(std::string_view name);

/// What JUnit's dialects define on a <testcase>: not measures, whatever their value looks like. Bazel's `duration` is
/// its `time` again, in whole seconds.
bool is_known_attribute(std::string_view name);

}  // namespace perftrend::junit
