#include "core/metrics/name_patterns.h"

#include <algorithm>
#include <array>

namespace perftrend::metrics {

namespace {

/// "0x7f3a2b1c10": 9 to 12 significant digits, as addresses of programs have. Constants such as 0x1F, 0xFFFFFFFF and
/// 0x100000000 stay.
ChangingPart find_address(std::string_view name, std::size_t at) {
  const std::size_t digits = run_of(name, at + 2, is_hex);
  if (digits == 0 || digits > 16 || !is_border(name, at + 2 + digits)) return {};
  std::string_view number = name.substr(at + 2, digits);
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  std::array<bool, 256> seen{};
  for (const char c : number)
    seen[static_cast<unsigned char>(c)] = true;
  const auto different = std::count(seen.begin(), seen.end(), true);
  const std::string_view before = name.substr(0, at);
  const bool is_object = before.ends_with(" at ") || before.ends_with("@") || before.ends_with("object ");
  const bool is_long = number.size() >= 9 && number.size() <= 12 && different > 2;
  const bool is_of_program = number.size() == 8 &&
                             (number.starts_with("7f") || number.starts_with("55") || number.starts_with("56")) &&
                             different > 2;
  if (!is_long && !is_of_program && !(is_object && number.size() >= 5)) return {};
  return {0, 2 + digits, "<address>", true};
}

/// Java's "Foo@1b2c3d4e".
ChangingPart find_identity(std::string_view name, std::size_t at) {
  if (name[at] != '@' || at == 0 || (!is_alnum(name[at - 1]) && name[at - 1] != ';')) return {};
  const std::size_t digits = run_of(name, at + 1, is_hex);
  const std::string_view number = name.substr(at + 1, digits);
  const bool is_plausible = digits >= 6 && digits <= 8 && std::any_of(number.begin(), number.end(), is_digit);
  const std::size_t end = at + 1 + digits;
  if (!is_plausible || !is_border(name, end) || (end < name.size() && name[end] == '.')) return {};
  return {1, digits, "<address>", true};
}

/// Jenkins' "workspace/job@2/": a second build of the job at the same time.
ChangingPart find_workspace(std::string_view name, std::size_t at) {
  const std::size_t digits = run_of(name, at + 1, is_digit);
  const std::size_t end = at + 1 + digits;
  if (digits == 0 || digits > 2 || end >= name.size() || (name[end] != '/' && name[end] != '\\')) return {};
  constexpr std::size_t job_bytes_max = 100;
  const std::size_t from = at > job_bytes_max ? at - job_bytes_max : 0;
  return name.substr(from, at - from).find("workspace") == std::string_view::npos ? ChangingPart{}
                                                                                  : ChangingPart{0, end - at, "", true};
}

/// Java's "$$Lambda$14/0x0000000800c03000" and "$$Lambda$14/1234567".
ChangingPart find_lambda(std::string_view name, std::size_t at) {
  constexpr std::string_view mark = "$Lambda$";
  if (!name.substr(at).starts_with(mark)) return {};
  std::size_t end = at + mark.size() + run_of(name, at + mark.size(), is_digit);
  if (end < name.size() && name[end] == '/') end += 1 + run_of(name, end + 1, is_alnum);
  return {mark.size(), end - at - mark.size(), "<address>", true};
}

ChangingPart find_uuid(std::string_view name, std::size_t at) {
  constexpr std::array<std::size_t, 5> groups = {8, 4, 4, 4, 12};
  std::size_t end = at;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i > 0) {
      if (end >= name.size() || (name[end] != '-' && name[end] != '_')) return {};
      ++end;
    }
    if (run_of(name.substr(0, std::min(name.size(), end + groups[i])), end, is_hex) != groups[i]) return {};
    end += groups[i];
  }
  return is_border(name, end) ? ChangingPart{0, end - at, "<uuid>", true} : ChangingPart{};
}

/// "tmpab12cd_x", as Python names temporary files.
bool is_python_temporary(std::string_view word) {
  constexpr std::size_t random_bytes = 8;
  return word.size() == 3 + random_bytes && word.starts_with("tmp") &&
         std::all_of(word.begin() + 3, word.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
}

/// Part of a path below a temporary folder that is different each time.
bool is_random(std::string_view part) {
  constexpr std::size_t rust_bytes = 10;  // ".tmpAbC123"
  if (part.starts_with("pytest-of-") || part.starts_with("popen-gw") || part.starts_with("jest_") ||
      is_python_temporary(part))
    return true;
  if (part.size() == rust_bytes && part.starts_with(".tmp")) return true;
  const std::size_t last = part.find_last_of("-._");
  const std::string_view end = last == std::string_view::npos ? part : part.substr(last + 1);
  const std::string_view begin = last == std::string_view::npos ? std::string_view() : part.substr(0, last);
  if (end.empty() || !std::all_of(end.begin(), end.end(), is_alnum)) return false;
  if (std::all_of(end.begin(), end.end(), is_digit)) return end.size() >= 5 || begin == "pytest" || begin.empty();
  if (begin == "tmp" && end.size() >= 6) return true;
  const std::size_t letters = run_of(end, 0, is_letter);
  const std::size_t digits = run_of(end, letters, is_digit);
  if (letters + digits == end.size() && digits >= 6) return true;  // "go-build1234567"
  // "xK3f9Q" changes between small letters, capitals and numerals more often than "conv2d" and "Model7B" do.
  // Six characters are what mkdtemp and mktemp add.
  const int changes_min = end.size() == 6 && !begin.empty() ? 3 : 4;
  const auto kind = [](char c) { return is_digit(c) ? 0 : is_lower(c) ? 1 : 2; };
  int changes = 0;
  for (std::size_t i = 1; i < end.size(); ++i)
    changes += kind(end[i]) != kind(end[i - 1]) ? 1 : 0;
  return end.size() >= 6 && changes >= changes_min;
}

bool ends_part(char c) {
  constexpr std::string_view ends = "/\\ \"'<>|:,;()[]{}";
  return ends.find(c) != std::string_view::npos;
}

/// "/tmp/pytest-of-ci/pytest-12/bench": the folder stays, random parts below it are replaced by one "<temp>".
ChangingPart find_temporary(std::string_view name, std::size_t at) {
  constexpr auto folders = std::to_array<std::string_view>(
      {"/tmp/", "/var/tmp/", "/var/folders/", "/dev/shm/", "/run/user/", "\\Temp\\", "/Temp/", "\\tmp\\", "pytest-of-",
       "/linux-sandbox/", "/darwin-sandbox/", "/processwrapper-sandbox/"});
  const std::string_view rest = name.substr(at);
  const auto* const folder =
      std::find_if(folders.begin(), folders.end(), [&](std::string_view one) { return rest.starts_with(one); });
  if (folder == folders.end()) return {};
  const std::size_t begin = *folder == "pytest-of-" ? 0 : folder->size();
  int always = *folder == "/var/folders/" ? 3 : 0;  // "/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/"
  std::size_t end = begin;
  while (end < rest.size()) {
    const std::size_t bytes = run_of(rest, end, [](char c) { return !ends_part(c); });
    if (bytes == 0 || (always-- <= 0 && !is_random(rest.substr(end, bytes)))) break;
    end += bytes;
    if (end >= rest.size() || (rest[end] != '/' && rest[end] != '\\')) return {begin, end - begin, "<temp>", true};
    ++end;
  }
  if (end <= begin + 1) return {};
  return {begin, end - 1 - begin, "<temp>", true};  // the last separator stays
}

ChangingPart find_temporary_word(std::string_view name, std::size_t at) {
  const std::size_t bytes = run_of(name, at, [](char c) { return is_alnum(c) || c == '_'; });
  const std::string_view word = name.substr(at, bytes);
  if (!is_python_temporary(word) || std::none_of(word.begin(), word.end(), is_digit)) return {};
  return {0, bytes, "<temp>", true};
}

/// True when the name of a source file ends at `at`.
bool ends_with_source(std::string_view name, std::size_t at) {
  constexpr auto sources = std::to_array<std::string_view>(
      {"py", "js",  "ts",    "jsx", "tsx",  "mjs", "cjs",  "c",       "cc",    "cpp", "cxx", "h",
       "hh", "hpp", "go",    "rs",  "java", "kt",  "kts",  "scala",   "rb",    "php", "cs",  "fs",
       "m",  "mm",  "swift", "lua", "pl",   "sh",  "bats", "ex",      "exs",   "erl", "clj", "hs",
       "ml", "zig", "nim",   "jl",  "r",    "R",   "dart", "feature", "robot", "vue", "cu"});
  constexpr std::size_t suffix_bytes_max = 8;
  const std::size_t from = at > suffix_bytes_max ? at - suffix_bytes_max : 0;
  const std::size_t dot_after = name.substr(from, at - from).find_last_of('.');
  const std::size_t dot = dot_after == std::string_view::npos ? dot_after : from + dot_after;
  if (dot == std::string_view::npos || dot == 0 || !(is_alnum(name[dot - 1]) || name[dot - 1] == '_')) return false;
  return std::find(sources.begin(), sources.end(), name.substr(dot + 1, at - dot - 1)) != sources.end();
}

/// "foo.py:123", "foo.ts:12:5", "foo.cpp(123)", "foo.go#L12".
ChangingPart find_line(std::string_view name, std::size_t at) {
  if (at == 0 || !ends_with_source(name, at)) return {};
  constexpr std::size_t line_digits_max = 7;
  if (name[at] != ':') {
    const std::size_t begin = at + (name.substr(at).starts_with("#L") ? 2 : 1);
    const std::size_t digits = run_of(name, begin, is_digit);
    const bool closes = name[at] == '#' || name.substr(begin + digits).starts_with(')');
    if (digits == 0 || digits > line_digits_max || !closes || (name[at] == '#' && begin == at + 1)) return {};
    return {begin - at, digits, "<line>", true};
  }
  std::size_t end = at;
  for (int numbers = 0; numbers < 2 && end < name.size() && name[end] == ':'; ++numbers) {  // line, then column
    const std::size_t digits = run_of(name, end + 1, is_digit);
    if (digits == 0 || digits > line_digits_max || !is_border(name, end + 1 + digits)) break;
    end += 1 + digits;
  }
  return end == at ? ChangingPart{} : ChangingPart{1, end - at - 1, "<line>", true};
}

constexpr int first_ephemeral_port = 32768;

/// Ports from 10000 on that people write: of Docker, Kafka, MongoDB, RabbitMQ …
bool is_known_port(int port) {
  constexpr std::array<int, 22> known = {10000, 10250, 11211, 11434, 15672, 16379, 16686, 18080, 18081, 19090, 19092,
                                         19530, 20000, 25565, 26257, 26379, 27017, 27018, 27019, 28017, 29092, 30000};
  return std::find(known.begin(), known.end(), port) != known.end();
}

/// Five digits that are a port which Docker or a test chose, or which the system gave.
bool is_chosen_port(std::string_view name, std::size_t at, std::size_t digits) {
  constexpr int first = 10000;
  const int port = digits == 5 && is_border(name, at + digits) ? number_at(name, at, digits) : 0;
  return port >= first && port <= 65535 && !is_known_port(port);
}

bool is_ephemeral_port(std::string_view name, std::size_t at, std::size_t digits) {
  return digits == 5 && is_border(name, at + digits) && number_at(name, at, digits) >= first_ephemeral_port &&
         number_at(name, at, digits) <= 65535;
}

/// A word whose number changes, and what may be between them.
struct NamedNumber {
  std::string_view word;
  std::string_view replacement;
  std::size_t digits_min;
  std::string_view before = {};   ///< text that must be before the word
  std::string_view between = {};  ///< text that must be between word and number; "" for one or two of "=: #-_"
};

/// True after the name of a source file and marks: `File "x.py", line 9`, "bench.cpp line 89", "at Bench.cs:line 12".
bool follows_source(std::string_view name, std::size_t at) {
  constexpr std::string_view marks = " \"',:";
  std::size_t end = at;
  while (end > 0 && at - end < 3 && marks.find(name[end - 1]) != std::string_view::npos)
    --end;
  return end > 0 && end < at && ends_with_source(name, end);
}

/// "pid=4711", "pid 4711", "port 54321", "(line 12)", "hashCode: 1234567", "<MagicMock id='140234567890123'>".
ChangingPart find_named_number(std::string_view name, std::size_t at, std::size_t letters) {
  constexpr std::array<NamedNumber, 10> words = {{{"pid", "<pid>", 2},
                                                  {"ppid", "<pid>", 2},
                                                  {"tid", "<pid>", 2},
                                                  {"port", "<port>", 5},
                                                  {"process", "<pid>", 4, "", " "},
                                                  {"seed", "<seed>", 9},
                                                  {"line", "<line>", 1, "", " "},
                                                  {"hashcode", "<address>", 5},
                                                  {"started", "<pid>", 6, ", ", " "},
                                                  {"id", "<address>", 9, "", "='"}}};
  for (const NamedNumber& one : words) {
    const auto same = [](char a, char b) { return a == (b | 0x20); };
    if (letters != one.word.size() || !std::equal(one.word.begin(), one.word.end(), name.substr(at).begin(), same))
      continue;
    std::size_t begin = at + letters;
    if (!name.substr(0, at).ends_with(one.before) || !name.substr(begin).starts_with(one.between)) return {};
    begin += one.between.size();
    if (one.between.empty()) {
      begin += run_of(name.substr(0, std::min(name.size(), begin + 2)), begin,
                      [](char c) { return c == '=' || c == ':' || c == ' ' || c == '#' || c == '-' || c == '_'; });
    }
    const std::size_t digits = run_of(name, begin, is_digit);
    if (begin == at + letters || digits < one.digits_min || digits > 15 || !is_border(name, begin + digits)) return {};
    if (one.word == "port" && !is_chosen_port(name, begin, digits)) return {};
    if (one.word == "line" && !name.substr(0, at).ends_with("(") && !follows_source(name, at)) return {};
    const bool is_round = name.substr(begin, digits).ends_with("00");
    if (one.word == "process" && is_round) return {};
    if (one.word == "process" || one.word == "seed") return {begin - at, digits, one.replacement, false};
    return {begin - at, digits, one.replacement, true};
  }
  return {};
}

/// "localhost:54321", "127.0.0.1:54321": a port that the system chose.
ChangingPart find_host_port(std::string_view name, std::size_t at) {
  constexpr std::string_view before = "] /=";
  if (at > 0 && !is_alnum(name[at - 1]) && before.find(name[at - 1]) == std::string_view::npos) return {};
  const std::size_t digits = run_of(name, at + 1, is_digit);
  const bool is_local = name.substr(0, at).ends_with("localhost") || name.substr(0, at).ends_with("127.0.0.1");
  const bool is_chosen = is_local && is_chosen_port(name, at + 1, digits);
  return is_chosen || is_ephemeral_port(name, at + 1, digits) ? ChangingPart{1, digits, "<port>", true}
                                                              : ChangingPart{};
}

/// "7d4b9c6f5-x2k9p" at the end of the name of a Kubernetes pod.
ChangingPart find_pod(std::string_view name, std::size_t at, std::size_t word_bytes) {
  const auto is_safe = [](char c) {
    constexpr std::string_view safe = "bcdfghjklmnpqrstvwxz2456789";
    return safe.find(c) != std::string_view::npos;
  };
  constexpr std::size_t suffix_bytes = 5;
  // Of a Job: "bench-job-x2k9p", and of a CronJob: "bench-28765432-x2k9p".
  if (word_bytes == suffix_bytes && at > 0 && name[at - 1] == '-' && run_of(name, at, is_safe) == suffix_bytes) {
    const std::string_view before = name.substr(0, at - 1);
    constexpr std::size_t minutes_digits = 8;
    const bool is_scheduled = before.size() > minutes_digits &&
                              number_at(before, before.size() - minutes_digits, 8) > 0 &&
                              before[before.size() - minutes_digits - 1] == '-';
    if (before.ends_with("job") || is_scheduled) return {0, suffix_bytes, "<pod>", true};
  }
  const std::size_t first = run_of(name, at, is_safe);
  if (first < 8 || first > 10 || at + first >= name.size() || name[at + first] != '-') return {};
  const std::size_t second = run_of(name, at + first + 1, is_safe);
  const std::string_view set = name.substr(at, first);
  const bool is_mixed = std::any_of(set.begin(), set.end(), is_digit) && std::any_of(set.begin(), set.end(), is_lower);
  return second == 5 && is_mixed && is_border(name, at + first + 6) ? ChangingPart{0, first + 6, "<pod>", true}
                                                                    : ChangingPart{};
}

/// What the digits of a hash are made of.
struct HashShape {
  std::ptrdiff_t numerals = 0, letters = 0, different = 0;
  int switches = 0;  ///< between letters and numerals
};

HashShape shape_of(std::string_view digits) {
  HashShape shape;
  std::array<bool, 256> seen{};
  for (std::size_t i = 0; i < digits.size(); ++i) {
    seen[static_cast<unsigned char>(digits[i])] = true;
    ++(is_digit(digits[i]) ? shape.numerals : shape.letters);
    if (i > 0 && is_digit(digits[i]) != is_digit(digits[i - 1])) ++shape.switches;
  }
  shape.different = std::count(seen.begin(), seen.end(), true);
  return shape;
}

/// Before a short hash of git: "v1.2-1a2b3c4", "app:1a2b3c4", "commit 1a2b3c4".
bool is_before_hash(std::string_view before) {
  constexpr auto words =
      std::to_array<std::string_view>({"-", "+", ":", "@", "commit ", "rev ", "sha ", "build ", "sha-"});
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return before.ends_with(word); });
}

/// Hashes: at least 8 hexadecimal digits in which letters and numerals are mixed; 7 after what precedes a commit; and
/// "-g1a2b3c4" of git describe. "00ff00ff" is a mask, "12345e10" a number, "cafe2024" and "deadbeef" are words.
ChangingPart find_hash(std::string_view name, std::size_t at, std::size_t word_bytes) {
  const std::string_view before = name.substr(0, at);
  const bool is_described = name[at] == 'g' && is_before_hash(before);
  const bool is_symbol = name[at] == 'h' && word_bytes == 17 && before.ends_with("::");  // of Rust
  const std::size_t begin = at + (is_described || is_symbol ? 1 : 0);
  const std::size_t digits = run_of(name, begin, is_hex);
  if (begin + digits != at + word_bytes) return {};
  const std::string_view number = name.substr(begin, digits);
  const HashShape shape = shape_of(number);
  if (begin > at) return digits >= 7 && shape.numerals > 0 ? ChangingPart{1, digits, "<hash>", false} : ChangingPart{};
  constexpr std::ptrdiff_t different_min = 5;
  if (shape.different < different_min || shape.letters == 0) return {};
  const bool is_exponent = shape.letters == 1 && number.find_first_of("eE") != std::string_view::npos;
  const bool is_word = shape.switches == 1 && shape.letters > 2 && is_letter(number[0]);
  const bool is_mixed = shape.numerals > 0 && !is_word && !is_exponent;
  const bool is_long = digits >= 8 && is_mixed;
  const bool is_short = digits == 7 && is_mixed && shape.switches >= 2 && shape.letters >= 2 && shape.numerals >= 2 &&
                        is_before_hash(before);
  return is_long || is_short ? ChangingPart{0, digits, "<hash>", false} : ChangingPart{};
}

/// "01J9ZQ4V6X3T8K2M5N7P0R1S4W": a ULID, whose first characters are a time.
ChangingPart find_ulid(std::string_view name, std::size_t at, std::size_t word_bytes) {
  const std::string_view word = name.substr(at, word_bytes);
  const auto is_of_ulid = [](char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z' && c != 'I' && c != 'L' && c != 'O');
  };
  const bool is_ulid = word.starts_with("01") && std::all_of(word.begin(), word.end(), is_of_ulid) &&
                       std::count_if(word.begin(), word.end(), is_letter) >= 6;
  return is_ulid ? ChangingPart{0, word_bytes, "<uuid>", true} : ChangingPart{};
}

/// Hosts whose names are their addresses: "ip-10-0-12-34" of AWS, "fv-az1234-567" of GitHub.
ChangingPart find_host(std::string_view name, std::size_t at) {
  std::size_t end = at;
  const auto take = [&](std::string_view text) {
    const bool follows = name.substr(end).starts_with(text);
    if (follows) end += text.size();
    return follows;
  };
  const auto take_number = [&] {
    const std::size_t digits = run_of(name, end, is_digit);
    end += digits;
    return digits > 0 && digits <= 4;
  };
  const bool is_aws = take("ip") && take("-") && take_number() && take("-") && take_number() && take("-") &&
                      take_number() && take("-") && take_number();
  if (!is_aws) {
    end = at;
    if (!(take("fv-az") && take_number() && take("-") && take_number())) return {};
  }
  return is_border(name, end) ? ChangingPart{0, end - at, "<host>", true} : ChangingPart{};
}

/// GoogleTest's "16-byte object <A0-7C 4E-55>": the bytes of a parameter, with its padding and pointers.
ChangingPart find_bytes(std::string_view name, std::size_t at, std::size_t digits) {
  constexpr std::string_view mark = "-byte object <";
  const std::size_t begin = at + digits + mark.size();
  if (!name.substr(std::min(at + digits, name.size())).starts_with(mark)) return {};
  const std::size_t bytes = run_of(name, begin, [](char c) { return is_hex(c) || c == '-' || c == ' ' || c == '.'; });
  return bytes > 0 ? ChangingPart{begin - at, bytes, "<bytes>", true} : ChangingPart{};
}

/// "(12.3 ms)", "[0.45s]": how long something took. Whole numbers are parameters.
ChangingPart find_elapsed(std::string_view name, std::size_t at) {
  const std::size_t whole = run_of(name, at + 1, is_digit);
  std::size_t end = at + 1 + whole;
  if (whole == 0 || whole > 6 || end >= name.size() || name[end] != '.') return {};
  const std::size_t decimals = run_of(name, end + 1, is_digit);
  end += 1 + decimals;
  if (decimals == 0) return {};
  if (end < name.size() && name[end] == ' ') ++end;
  const std::string_view unit = name.substr(end, run_of(name, end, is_letter));
  const bool is_time =
      unit == "s" || unit == "ms" || unit == "us" || unit == "ns" || unit == "sec" || unit == "seconds";
  end += unit.size();
  const char close = name[at] == '(' ? ')' : ']';
  if (!is_time || end >= name.size() || name[end] != close) return {};
  return {1, end - at - 1, "<duration>", false};
}

/// "/proc/4711/", and "/builds/AbCdEfGh/0/" of GitLab's runners.
ChangingPart find_numbered_folder(std::string_view name, std::size_t at) {
  constexpr std::string_view proc = "/proc/";
  constexpr std::string_view builds = "/builds/";
  const std::string_view rest = name.substr(at);
  if (rest.starts_with(proc)) {
    const std::size_t digits = run_of(rest, proc.size(), is_digit);
    if (digits > 1 && is_border(rest, proc.size() + digits)) return {proc.size(), digits, "<pid>", true};
  }
  constexpr std::string_view nix = "/nix/store/";
  constexpr std::size_t nix_hash_bytes = 32;
  if (rest.starts_with(nix) && run_of(rest, nix.size(), is_alnum) == nix_hash_bytes)
    return {nix.size(), nix_hash_bytes, "<hash>", true};
  if (!rest.starts_with(builds)) return {};
  const std::size_t runner = run_of(rest, builds.size(), [](char c) { return is_alnum(c) || c == '_' || c == '-'; });
  const std::size_t slot_at = builds.size() + runner + 1;
  const std::size_t slot = run_of(rest, slot_at, is_digit);
  const bool is_runner =
      runner >= 8 && runner <= 20 && slot > 0 && slot <= 3 && rest.substr(slot_at + slot).starts_with('/');
  return is_runner ? ChangingPart{builds.size(), slot_at + slot - builds.size(), "<temp>", true} : ChangingPart{};
}

/// "worker[95152] ready", "sshd[4711]: accepted": a process as in the system's log. "sort[10000]" is a parameter.
ChangingPart find_logged_process(std::string_view name, std::size_t at) {
  const std::size_t digits = run_of(name, at + 1, is_digit);
  const std::size_t end = at + 1 + digits;
  if (digits < 4 || digits > 7 || at == 0 || !is_alnum(name[at - 1]) || end + 2 >= name.size() || name[end] != ']')
    return {};
  const bool goes_on = name[end + 1] == ':' || (name[end + 1] == ' ' && is_letter(name[end + 2]));
  const bool is_round = name.substr(at + 1, digits).ends_with("00");
  return goes_on && !is_round ? ChangingPart{1, digits, "<pid>", false} : ChangingPart{};
}

ChangingPart first_of(std::initializer_list<ChangingPart> parts) {
  const auto* const found =
      std::find_if(parts.begin(), parts.end(), [](const ChangingPart& part) { return part.bytes > 0; });
  return found == parts.end() ? ChangingPart{} : *found;
}

/// A word: letters and digits.
struct Word {
  std::size_t bytes = 0;
  bool has_digit = false;
  bool is_hex = true;
};

ChangingPart find_at_digit(std::string_view name, std::size_t at, const Word& word, const RunTime& run) {
  if (name[at] == '0' && word.bytes > 2 && (name[at + 1] | 0x20) == 'x') return find_address(name, at);
  if (const ChangingPart part = find_date_or_time(name, at, run); part.bytes > 0) return part;
  const std::size_t digits = run_of(name, at, is_digit);
  if (digits == word.bytes && digits <= 4 && at + digits < name.size() && name[at + digits] == '-')
    return find_bytes(name, at, digits);
  return {};
}

ChangingPart find_at_letter(std::string_view name, std::size_t at, const Word& word, const RunTime& run) {
  switch (name[at] | 0x20) {
    case 'p':
      if (name.substr(at).starts_with("pytest-of-")) return find_temporary(name, at);
      break;
    case 't':
      if (name.substr(at).starts_with("tmp")) return find_temporary_word(name, at);
      break;
    case 'f':
    case 'i':
      if (const ChangingPart part = find_host(name, at); part.bytes > 0) return part;
      break;
    default:
      break;
  }
  constexpr std::size_t month_bytes_min = 3;
  const char next = at + word.bytes < name.size() ? name[at + word.bytes] : '\0';
  const bool may_be_month =
      word.bytes >= month_bytes_min && !word.has_digit && (next == ' ' || next == '-' || next == ',');
  if (may_be_month && run) {
    if (const ChangingPart part = find_date_or_time(name, at, run); part.bytes > 0) return part;
  }
  constexpr std::string_view initials = "hilpst";  // of find_named_number
  if (initials.find(static_cast<char>(name[at] | 0x20)) == std::string_view::npos) return {};
  return find_named_number(name, at, run_of(name, at, is_letter));
}

ChangingPart find_at_word(std::string_view name, std::size_t at, const Word& word, const RunTime& run) {
  const ChangingPart begun =
      is_digit(name[at]) ? find_at_digit(name, at, word, run) : find_at_letter(name, at, word, run);
  if (begun.bytes > 0) return begun;
  constexpr std::size_t ulid_bytes = 26;
  if (!word.has_digit && !(word.bytes == 8 && word.is_hex)) return {};
  if (word.bytes == 8 && word.is_hex) {
    if (const ChangingPart part = find_uuid(name, at); part.bytes > 0) return part;
  }
  if (word.bytes == 5 || (word.bytes >= 8 && word.bytes <= 10)) {
    if (const ChangingPart part = find_pod(name, at, word.bytes); part.bytes > 0) return part;
  }
  if (word.bytes == ulid_bytes) {
    if (const ChangingPart part = find_ulid(name, at, word.bytes); part.bytes > 0) return part;
  }
  return word.bytes >= 7 && (word.is_hex || name[at] == 'g' || name[at] == 'h') ? find_hash(name, at, word.bytes)
                                                                                : ChangingPart{};
}

ChangingPart find_at_separator(std::string_view name, std::size_t at) {
  switch (name[at]) {
    case '/': {
      constexpr std::string_view initials = "tvdrTlpbn";  // of the folders
      if (at + 1 >= name.size() || initials.find(name[at + 1]) == std::string_view::npos) return {};
      return first_of({find_temporary(name, at), find_numbered_folder(name, at)});
    }
    case '\\':
      return find_temporary(name, at);
    case '@':
      return first_of({find_identity(name, at), find_workspace(name, at)});
    case '$':
      return find_lambda(name, at);
    case ':':
      return first_of({find_line(name, at), find_host_port(name, at)});
    case '(':
      return first_of({find_line(name, at), find_elapsed(name, at)});
    case '[':
      return first_of({find_elapsed(name, at), find_logged_process(name, at)});
    case '#':
      return find_line(name, at);
    default:
      return {};
  }
}

}  // namespace

FoundPart find_changing_part(std::string_view name, std::size_t from, const RunTime& run) {
  for (std::size_t at = from; at < name.size();) {
    if (!is_alnum(name[at])) {
      if (const ChangingPart part = find_at_separator(name, at); part.bytes > 0) return {at, part};
      ++at;
      continue;
    }
    Word word;
    for (std::size_t end = at; end < name.size() && is_alnum(name[end]); ++end) {
      ++word.bytes;
      word.has_digit = word.has_digit || is_digit(name[end]);
      word.is_hex = word.is_hex && is_hex(name[end]);
    }
    const bool begins_word = at == 0 || !is_alnum(name[at - 1]);
    if (begins_word) {
      if (const ChangingPart part = find_at_word(name, at, word, run); part.bytes > 0) return {at, part};
    }
    at += word.bytes;
  }
  return {name.size(), {}};
}

}  // namespace perftrend::metrics
