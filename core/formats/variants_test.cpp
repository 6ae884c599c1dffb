// What other versions and options of the tools write: each variant with the points that are read from it.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/formats/report_reader.h"
#include "core/metrics/metrics.h"

namespace perftrend::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// "suite|class|case metric=value unit better" of each point.
std::vector<std::string> points_of(const Report& report) {
  std::vector<std::string> points;
  for (const MetricValue& m : metrics::extract_metrics(report).metrics) {
    const CaseKey key = m.key;
    points.push_back(fmt::format("{}|{}|{} {}={:.6g} {} {}", key.suite, key.classname, key.name, m.metric.view(),
                                 m.value, m.unit.view(), m.better == Better::higher ? "higher" : "lower"));
  }
  return points;
}

struct Variant {
  const char* name;
  std::string bytes;
  std::vector<std::string> points;
  const char* warning;  ///< part of one; "" for none at all
};

std::vector<Variant> json_variants() {
  return {
      {"a byte order mark, other order of members, a value as text",
       "\xEF\xBB\xBF[{\"value\":\"12.5\",\"unit\":\"ms\",\"name\":\"decode\"}]",
       {"github-action-benchmark||decode value=12.5 ms lower"},
       ""},
      {"one benchmark of BMF without measures",
       R"({"a":{"latency":{"value":5}},"b":{}})",
       {"bencher||a latency_ns=5 ns lower"},
       "benchmarks without a value: b"},
      {"a unit in the slug of BMF", R"({"a":{"p99_ms":{"value":5}}})", {"bencher||a p99_ms=5 ms lower"}, ""},
      {"pytest-benchmark without machine_info, statistics only",
       R"({"commit_info":{"id":"unknown"},"benchmarks":[{"name":"test_a","stats":{"mean":0.002}}]})",
       {"pytest-benchmark||test_a time_ns=2e+06 ns lower"},
       ""},
      {"JMH, single shot, no raw data",
       R"([{"benchmark":"a.B.c","mode":"ss","primaryMetric":{"score":2,"scoreUnit":"s/op"}}])",
       {"jmh|a.B|c single_shot_time_ns=2e+09 ns lower"},
       ""},
      {"JMH, operations per minute",
       R"([{"benchmark":"c","mode":"thrpt","primaryMetric":{"score":120,"scoreUnit":"ops/min","rawData":[[120]]}}])",
       {"jmh||c throughput=2 per_s higher"},
       ""},
      {"JMH, a mode of the future",
       R"([{"benchmark":"a.c","mode":"new","primaryMetric":{"score":2,"scoreUnit":"ms/op"}}])",
       {"jmh|a|c score=2 ms lower"},
       "modes that are not known, the score is named 'score': new"},
      {"JMH, no score",
       R"([{"benchmark":"a.c","mode":"avgt","primaryMetric":{"score":"NaN","scoreUnit":"ms/op"}}])",
       {},
       "benchmarks without a score, no point: c"},
      {"BenchmarkDotNet, an argument with dots, a short run",
       R"json({"Benchmarks":[{"DisplayInfo":"T.M: ShortRun(IterationCount=3, LaunchCount=1) [f=a.b]","FullName":"N.T.M(f: \"a.b\")","Statistics":{"Mean":5}}]})json",
       {"BenchmarkDotNet|N.T|M(f: \"a.b\") time_ns=5 ns lower"},
       ""},
      {"BenchmarkDotNet, no FullName",
       R"({"Benchmarks":[{"Namespace":"N","Type":"T","Method":"M","Parameters":"n=1","Statistics":{"Median":5}}]})",
       {"BenchmarkDotNet|N.T|M(n=1) time_ns=5 ns lower"},
       ""},
      {"BenchmarkDotNet, nothing measured", R"({"Title":"T","Benchmarks":[]})", {}, "holds no test case"},
      {"k6, only requests",
       R"({"state":{},"metrics":{"http_reqs":{"type":"counter","values":{"count":9,"rate":3}}}})",
       {"k6||http_reqs rate=3 per_s higher"},
       ""},
      {"k6, failures counted",
       R"({"root_group":{},"metrics":{"dropped_iterations":{"count":9,"rate":3},"my_rate":{"value":0.5,"passes":1,"fails":1}}})",
       {"k6||dropped_iterations rate=3 per_s lower", "k6||my_rate rate_percent=50 percent lower"},
       "rates whose direction is not known from the name, lower is taken as better: my_rate"},
      {"a lone estimates.json",
       R"({"mean":{"point_estimate":7},"median":{"point_estimate":6},"median_abs_dev":{"point_estimate":1}})",
       {"criterion||criterion time_ns=6 ns lower"},
       "does not name its benchmark"},
      {"cargo-criterion with another measurement",
       R"({"reason":"benchmark-complete","id":"a","measured_values":[20],"iteration_count":[10],"unit":"gadgets"})",
       {"criterion||a value=2 gadgets lower"},
       "units that are not known, values stored as written: gadgets"},
      {"asv 1, a number only",
       R"({"results":{"time_a":0.5},"commit_hash":"c","version":1})",
       {"asv||time_a time_ns=5e+08 ns lower"},
       ""},
      {"libtest, tests and benchmarks, and messages of cargo",
       R"({"reason":"build-finished","success":true}
{ "type": "suite", "event": "started", "test_count": 4 }
{ "type": "test", "event": "started", "name": "tests::slow" }
{ "type": "bench", "name": "tests::fib", "median": 1234.5, "deviation": 56, "mib_per_second": 850 }
{ "type": "test", "name": "tests::fast", "event": "ok", "exec_time": 0.25 }
{ "type": "test", "name": "tests::slow", "event": "failed", "exec_time": "1.5s", "stdout": "x" }
{ "type": "test", "name": "tests::off", "event": "ignored" }
{ "type": "suite", "event": "failed", "passed": 1, "failed": 1, "ignored": 1, "measured": 1, "exec_time": 1.8 }
)",
       {"cargo bench||tests::fib time_ns=1234.5 ns lower",
        "cargo bench||tests::fib throughput_mb_per_s=850 mb_per_s higher",
        "cargo bench||tests::fast duration_ms=250 ms lower"},
       ""},
      {"k6's stream",
       R"({"type":"Metric","data":{"name":"http_req_duration","type":"trend","contains":"time","thresholds":[],"submetrics":null},"metric":"http_req_duration"}
{"metric":"http_req_duration","type":"Point","data":{"time":"2026-11-30T02:00:00.000000+01:00","value":10,"tags":{"status":"200"}}}
{"metric":"http_reqs","type":"Metric","data":{"name":"http_reqs","type":"counter","contains":"default","thresholds":[],"submetrics":null}}
{"metric":"http_reqs","type":"Point","data":{"time":"2026-11-30T02:00:00.000000+01:00","value":1,"tags":null}}
{"metric":"http_reqs","type":"Point","data":{"time":"2026-11-30T02:00:02.000000+01:00","value":1,"tags":null}}
{"metric":"http_req_duration","type":"Point","data":{"time":"2026-11-30T02:00:02.000000+01:00","value":30,"tags":{}}}
{"metric":"http_req_failed","type":"Metric","data":{"name":"http_req_failed","type":"rate","contains":"default"}}
{"metric":"http_req_failed","type":"Point","data":{"time":"2026-11-30T02:00:01Z","value":0,"tags":{}}}
{"metric":"http_req_failed","type":"Point","data":{"time":"2026-11-30T02:00:01Z","value":1,"tags":{}}}
{"metric":"vus","type":"Metric","data":{"name":"vus","type":"gauge","contains":"default"}}
{"metric":"vus","type":"Point","data":{"time":"2026-11-30T02:00:01Z","value":5,"tags":{}}}
{"metric":"checks","type":"Metric","data":{"name":"checks","type":"rate","contains":"default"}}
{"metric":"checks","type":"Point","data":{"time":"2026-11-30T02:00:01Z","value":1,"tags":{"check":"is 200","group":"::login"}}}
)",
       {"k6||checks rate_percent=100 percent higher", "k6||http_req_duration avg_ms=20 ms lower",
        "k6||http_req_duration max_ms=30 ms lower", "k6||http_req_duration med_ms=20 ms lower",
        "k6||http_req_duration min_ms=10 ms lower", "k6||http_req_duration p90_ms=28 ms lower",
        "k6||http_req_duration p95_ms=29 ms lower", "k6||http_req_failed rate_percent=50 percent lower",
        "k6||http_reqs rate=0.000555401 per_s higher"},
       ""},
      {"JMH, operations in other times",
       R"([{"benchmark":"a","mode":"thrpt","primaryMetric":{"score":0.5,"scoreUnit":"ops/ns"}},
           {"benchmark":"b","mode":"thrpt","primaryMetric":{"score":36,"scoreUnit":"ops/hr"}},
           {"benchmark":"c","mode":"thrpt","primaryMetric":{"score":36,"scoreUnit":"ops/us"}},
           {"benchmark":"d","mode":"avgt","primaryMetric":{"score":2,"scoreUnit":"min/op"}}])",
       {"jmh||a throughput=5e+08 per_s higher", "jmh||b throughput=0.01 per_s higher",
        "jmh||c throughput=3.6e+07 per_s higher", "jmh||d time_ns=1.2e+11 ns lower"},
       ""},
      {"github-action-benchmark, rates as tools write them",
       R"([{"name":"a","unit":"iter/sec","value":5},{"name":"b","unit":"MiB/s","value":2},
           {"name":"c","unit":"it/s","value":3},{"name":"d","unit":"tok/min","value":120},
           {"name":"e","unit":"Percent","value":3},{"name":"f","unit":"ops/min","value":60},
           {"name":"g","unit":"ns/iter","value":7},{"name":"h","unit":"Mops/s","value":2}])",
       {"github-action-benchmark||a value=5 per_s higher",
        "github-action-benchmark||b value=2.09715e+06 bytes_per_s higher",
        "github-action-benchmark||c value=3 per_s higher", "github-action-benchmark||d value=2 per_s higher",
        "github-action-benchmark||e value=3 percent lower", "github-action-benchmark||f value=1 per_s higher",
        "github-action-benchmark||g value=7e-06 ms lower", "github-action-benchmark||h value=2e+06 per_s higher"},
       "direction not known: value; lower is taken as better. The file does not state it"},
      {"github-action-benchmark, directions by name",
       R"([{"name":"Output token throughput","unit":"","value":5},{"name":"cache hit rate","unit":"%","value":90},
           {"name":"accuracy","unit":"Percent","value":93},{"name":"CPU Load","unit":"Percent","value":50}])",
       {"github-action-benchmark||Output token throughput value=5  higher",
        "github-action-benchmark||cache hit rate value=90 percent higher",
        "github-action-benchmark||accuracy value=93 percent higher",
        "github-action-benchmark||CPU Load value=50 percent lower"},
       ""},
      {"asv, a direction by name",
       R"({"results":{"a.track_accuracy":0.5},"commit_hash":"c","version":1})",
       {"asv|a|track_accuracy value=0.5  higher"},
       ""},
      {"Bencher's counts of Gungraun",
       R"({"a":{"instructions":{"value":5},"l1-hits":{"value":7}}})",
       {"bencher||a instructions=5  lower", "bencher||a l1-hits=7  lower"},
       ""},
      {"hyperfine, nothing measured", R"({"results":[]})", {}, "holds no test case"},
      {"go test -json with a message of the build",
       R"({"ImportPath":"p","Action":"build-output","Output":"# p\n"})"
       "\n"
       R"({"Action":"output","Package":"p","Output":"BenchmarkA 10 5 ns/op\n"})",
       {"go|p|BenchmarkA time_ns=5 ns lower"},
       ""},
  };
}

std::vector<Variant> text_variants() {
  return {
      {"go, -cpu=1,2",
       "BenchmarkA 10 5 ns/op\nBenchmarkA-2 10 3 ns/op\r\n",
       {"go||BenchmarkA time_ns=5 ns lower", "go||BenchmarkA-2 time_ns=3 ns lower"},
       ""},
      {"go, GOMAXPROCS=1, names that end in numbers",
       "BenchmarkA/n-10 10 5 ns/op\nBenchmarkA/n-20 10 3 ns/op\n",
       {"go||BenchmarkA/n-10 time_ns=5 ns lower", "go||BenchmarkA/n-20 time_ns=3 ns lower"},
       ""},
      {"go, a log that begins as JSON does",
       "[INFO] make bench\nBenchmarkA-8 \t 10 \t 5 ns/op \t 9 tok/s\n",
       {"go||BenchmarkA time_ns=5 ns lower", "go||BenchmarkA tok/s=9 per_s higher"},
       ""},
      {"go test -json with messages of the build between",
       "go: downloading x v1\n{\"Action\":\"output\",\"Package\":\"p\",\"Output\":\"BenchmarkA 10 5 ns/op\\n\"}\n# p\n"
       "{\"Action\":\"pass\",\"Package\":\"p\"}\n",
       {"go|p|BenchmarkA time_ns=5 ns lower"},
       "lines of text around the JSON were ignored"},
      {"llama-bench, a log before the document",
       "main: build = 1\n[\n  {\"n_prompt\": 8, \"n_gen\": 0,\n   \"samples_ns\": [2000000]}\n]\n",
       {"llama-bench||pp8 prefill_ms=2 ms lower"},
       "lines of text around the JSON were ignored"},
      {"go, no benchmarks", "goos: linux\npkg: p\nPASS\nok  \tp\t0.1s\n", {}, "holds no test case"},
      {"go, not finite", "BenchmarkA-8 10 NaN ns/op\n", {}, "not a finite number"},
      {"cargo, one name twice",
       "test a ... bench: 5 ns/iter (+/- 0)\ntest a ... bench: 7 ns/iter (+/- 0)\n",
       {"cargo bench||a time_ns=6 ns lower"},
       "benchmarks of one name, taken as samples of one case: a"},
      {"Criterion without colours and without a change",
       "a  time:   [1.0 us 2.0 us 3.0 us]\n",
       {"cargo bench||a time_ns=2000 ns lower"},
       ""},
      {"CSV, tab, other columns",
       "test\tclass\ttime_ms\tnote\na\tC\t5\tx\n",
       {"|C|a time_ms=5 ms lower"},
       "columns without a number, not read: note"},
      {"CSV, long with another column",
       "metric,value,case,host\ntime_ms,5,a,h\n",
       {"||a time_ms=5 ms lower"},
       "columns that are not read: host"},
      {"CSV of Google Benchmark with what it knows of the machine before it",
       "2026-11-30T02:00:01+00:00\nRunning ./bench\nRun on (8 X 3000 MHz CPU s)\nLoad Average: 0.5, 0.6, 0.7\n"
       "name,iterations,real_time,cpu_time,time_unit,bytes_per_second,items_per_second,label,error_occurred,"
       "error_message,\"hits\"\n"
       "\"BM_copy/8\",1000,12.5,12.25,us,6.4e+07,,,,,3\n"
       "\"BM_bad\",,,,,,,,true,\"no file, no test\",\n",
       {"||BM_copy/8 real_time_ns=12500 ns lower", "||BM_copy/8 cpu_time_ns=12250 ns lower",
        "||BM_copy/8 bytes_per_second=6.4e+07 bytes_per_s higher", "||BM_copy/8 hits=3  higher"},
       "4 lines of text before the table were ignored"},
      {"CSV of Google Benchmark, aggregates only",
       "name,iterations,real_time,cpu_time,time_unit,bytes_per_second,items_per_second,label,error_occurred,"
       "error_message\n"
       "\"BM_a_mean\",5,7,7,ms,,,,,\n\"BM_a_median\",5,6,5,ms,,,,,\n\"BM_a_stddev\",5,1,1,ms,,,,,\n"
       "\"BM_b_mean\",5,9,9,ms,,,,,\n",
       {"||BM_a real_time_ns=6e+06 ns lower", "||BM_a cpu_time_ns=5e+06 ns lower",
        "||BM_b_mean real_time_ns=9e+06 ns lower", "||BM_b_mean cpu_time_ns=9e+06 ns lower"},
       ""},
      {"CSV of JMH with the gc profiler",
       "\"Benchmark\",\"Mode\",\"Threads\",\"Samples\",\"Score\",\"Score Error (99.9%)\",\"Unit\",\"Param: size\"\n"
       "\"org.A.parse\",\"thrpt\",1,5,2.5,0.1,\"ops/us\",10\n"
       "\"org.A.parse:\xC2\xB7gc.alloc.rate.norm\",\"thrpt\",1,5,48.5,NaN,\"B/op\",10\n"
       "\"org.A.parse\",\"avgt\",4,5,3,0.1,\"us/op\",10\n"
       "\"org.A.one\",\"sample\",1,5,4,0.1,\"ms/op\",\n"
       "\"org.A.one:one\xC2\xB7p0.50\",\"sample\",1,5,3.5,NaN,\"ms/op\",\n"
       "\"org.A.one:one\xC2\xB7p0.999\",\"sample\",1,5,9,NaN,\"ms/op\",\n",
       {"jmh|org.A|parse size=10 throughput=2.5e+06 per_s higher",
        "jmh|org.A|parse size=10 gc.alloc.rate.norm=48.5 bytes lower",
        "jmh|org.A|parse size=10 threads=4 time_ns=3000 ns lower", "jmh|org.A|one sample_time_ns=4e+06 ns lower",
        "jmh|org.A|one p50_ns=3.5e+06 ns lower"},
       ""},
      {"CSV of JMH with semicolons and decimal commas",
       "\"Benchmark\";\"Mode\";\"Threads\";\"Samples\";\"Score\";\"Score Error (99,9%)\";\"Unit\"\n"
       "\"a.B.c\";\"avgt\";1;5;12,5;0,1;\"ms/op\"\n",
       {"jmh|a.B|c time_ns=1.25e+07 ns lower"},
       ""},
      {"CSV of hyperfine",
       "command,mean,stddev,median,user,system,min,max,parameter_threads\n"
       "sort -n,0.5,0.01,0.25,0.2,0.1,0.2,0.9,1\nsort -n,0.5,0.01,0.125,0.2,0.1,0.1,0.9,4\n",
       {"hyperfine||sort -n threads=1 duration_ms=250 ms lower", "hyperfine||sort -n threads=1 user_ms=200 ms lower",
        "hyperfine||sort -n threads=1 system_ms=100 ms lower", "hyperfine||sort -n threads=4 duration_ms=125 ms lower",
        "hyperfine||sort -n threads=4 user_ms=200 ms lower", "hyperfine||sort -n threads=4 system_ms=100 ms lower"},
       ""},
      {"CSV of llama-bench",
       "build_commit,build_number,cpu_info,gpu_info,backends,model_filename,model_type,model_size,model_n_params,"
       "n_batch,n_ubatch,n_threads,n_prompt,n_gen,test_time,avg_ns,stddev_ns,avg_ts,stddev_ts\n"
       "\"1234567\",\"123\",\"AMD\",\"\",\"CPU\",\"m.gguf\",\"llama 7B Q4_0\",\"3800000000\",\"6700000000\",\"2048\","
       "\"512\",\"8\",\"512\",\"0\",\"2026-11-30T02:00:00Z\",\"14000000000\",\"1000000\",\"35.2\",\"0.3\"\n",
       {"llama-bench|llama 7B Q4_0|pp512 model_filename=m.gguf n_threads=8 prefill_ms=14000 ms lower",
        "llama-bench|llama 7B Q4_0|pp512 model_filename=m.gguf n_threads=8 tokens_per_s=35.2 per_s higher"},
       ""},
      {"CSV of pytest-benchmark",
       "name,min,max,mean,stddev,rounds,median,iqr,ops,total,iterations\n"
       "tests/test_a.py::test_b[x::1],0.1,0.3,0.2,0.01,5,0.15,0.02,5,1,1\n",
       {"pytest-benchmark|tests/test_a.py|test_b[x::1] time_ns=1.5e+08 ns lower"},
       ""},
      {"CSV, one column of units, and a byte order mark",
       "\xEF\xBB\xBFname;value;threads;unit\na;12,5;8;ms\nb;7;8;req/s\n",
       {"||a value=12.5 ms lower", "||b value=7 per_s higher"},
       ""},
      {"CSV, a comment before it",
       "# nightly\n\ncase,time_ms\na,5\n",
       {"||a time_ms=5 ms lower"},
       "1 lines of text before the table were ignored"},
      {"CSV, another name of the case", "Scenario,p95 [ms]\nlogin,5\n", {"||login p95=5 ms lower"}, ""},
      {"CSV of llama-bench without rows", "n_prompt,n_gen,avg_ns,avg_ts\n", {}, "holds no test case"},
      {"CSV without rows", "case,time_ms\n", {}, "holds no test case"},
      {"Catch2 2",
       "<?xml version='1.0'?><Catch name='p'><Randomness seed='1'/><Group name='p'><TestCase name='T'>"
       "<BenchmarkResults name='b'><mean value='5'/></BenchmarkResults><OverallResult success='true'/></TestCase>"
       "</Group></Catch>",
       {"p|T|b time_ns=5 ns lower"},
       ""},
  };
}

TEST(Variants, GiveTheirPoints) {
  auto all = json_variants();
  for (auto& one : text_variants())
    all.push_back(std::move(one));
  for (const Variant& one : all) {
    SCOPED_TRACE(one.name);
    const auto report = read_report(one.bytes, "", "");
    ASSERT_TRUE(report.has_value()) << report.error().cause;
    EXPECT_EQ(points_of(*report), one.points);
    const auto warnings = metrics::extract_metrics(*report).warnings;
    if (*one.warning == '\0') {
      EXPECT_THAT(warnings, IsEmpty());
    } else {
      EXPECT_THAT(warnings, testing::Contains(HasSubstr(one.warning)));
    }
  }
}

TEST(Variants, SayOneThingOnce) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> rows = {
      {R"([{"name":"a","unit":"points","value":5}])",
       {"direction not known: value; lower is taken as better. The file does not state it: send "
        "?format=customBiggerIsBetter or customSmallerIsBetter, or state the direction in a policy"}},
      {R"({"results":{"track_a":0.5},"commit_hash":"c","version":1})",
       {"direction not known: value; lower is taken as better. The file states no units and directions of track_ "
        "benchmarks: set those of the series, or state them in a policy"}},
      {R"({"a":{"thing-x":{"value":5},"n":{"value":1}}})", {}},
      {R"({"root_group":{},"metrics":{"my_rate":{"value":0.5,"passes":1,"fails":1}}})",
       {"rates whose direction is not known from the name, lower is taken as better: my_rate"}},
  };
  for (const auto& [bytes, warnings] : rows) {
    const auto report = read_report(bytes, "", "");
    ASSERT_TRUE(report.has_value()) << report.error().cause;
    const auto all = metrics::extract_metrics(*report).warnings;
    if (warnings.empty()) {
      EXPECT_EQ(all.size(), 1U) << bytes;
    } else {
      EXPECT_EQ(all, warnings) << bytes;
    }
  }
}

TEST(Variants, TheSenderStatesTheDirectionOfCustomJson) {
  const std::string bytes = R"([{"name":"a","unit":"points","value":5}])";
  const auto bigger = read_report(bytes, *content_type_of_format("customBiggerIsBetter"), "");
  ASSERT_TRUE(bigger.has_value());
  EXPECT_THAT(points_of(*bigger), ElementsAre("github-action-benchmark||a value=5 points higher"));
  const auto smaller = read_report(bytes, *content_type_of_format("customSmallerIsBetter"), "");
  ASSERT_TRUE(smaller.has_value());
  EXPECT_THAT(points_of(*smaller), ElementsAre("github-action-benchmark||a value=5 points lower"));
}

TEST(Variants, FilesOfCriterionAreNamedByTheirFolder) {
  const std::string sample = R"({"iters":[10],"times":[50]})";
  for (const char* name : {"target/criterion/fib/20/new/sample.json", "target/criterion/fib/20/new", "fib/20/new",
                           "criterion/fib/20/base/sample.json"}) {
    const auto report = read_report(sample, "", name);
    ASSERT_TRUE(report.has_value()) << report.error().cause;
    EXPECT_THAT(points_of(*report), ElementsAre("criterion||fib/20 time_ns=5 ns lower")) << name;
  }
}

TEST(Variants, RelativeChangesOfCriterionAreNotTimes) {
  const auto report = read_report(R"({"mean":{"point_estimate":0.1},"median":{"point_estimate":0.1}})", "", "");
  ASSERT_FALSE(report.has_value());
  EXPECT_TRUE(report.error().is_other_file);
}

TEST(Variants, OutputOfGoAsPowerShellWritesIt) {
  std::string wide = "\xff\xfe";
  for (const char c : std::string("BenchmarkA-8 10 5 ns/op\r\n"))
    wide.append(1, c).append(1, '\0');
  const auto report = read_report(wide, "", "");
  ASSERT_TRUE(report.has_value()) << report.error().cause;
  EXPECT_THAT(points_of(*report), ElementsAre("go||BenchmarkA time_ns=5 ns lower"));
}

TEST(Variants, FilesNextToReportsAreOtherFiles) {
  for (const char* bytes : {"{\n  // strict\n  \"strict\": true\n}", "{ /* x */ \"a\": 1 }", "", " \n"}) {
    const auto report = read_report(bytes, "", "");
    ASSERT_FALSE(report.has_value()) << bytes;
    EXPECT_TRUE(report.error().is_other_file) << bytes;
  }
  EXPECT_FALSE(read_report("{\"context\":{}, // cut", "", "").error().is_other_file) << "a broken report is refused";
  for (const auto& [bytes, is_report] : std::vector<std::pair<const char*, bool>>{{"name,age\nAnna,30\n", false},
                                                                                  {"test,owner_id\nlogin,7\n", false},
                                                                                  {"name,latency\na,30\n", true},
                                                                                  {"name,x_ms\na,30\n", true},
                                                                                  {"name,x [ms]\na,30\n", true},
                                                                                  {"name,value,unit\na,3,ms\n", true},
                                                                                  {"name,x_ms\na\n", true}}) {
    EXPECT_EQ(is_text_report(bytes), is_report) << bytes;
  }
}

struct BrokenCsv {
  const char* bytes;
  std::size_t line, column;
  const char* cause;
};

TEST(Variants, BrokenCsvIsRefusedWithItsPlace) {
  for (const BrokenCsv& one : {
           BrokenCsv{"case,time_ms\na,5\nb\n", 3, 1, "this row has 1 fields, the header has 2"},
           BrokenCsv{"case,time_ms\na,5\nb,n/a\n", 3, 3, "'n/a' is not a number"},
           BrokenCsv{"case,time_ms\n,5\n", 2, 1, "no name of a case"},
           BrokenCsv{"case,time_ms\n\"a,5\n", 2, 1, "a quoted field does not end"},
           BrokenCsv{"case,time_ms\n\"a\"b,5\n", 2, 4, "text follows its end"},
           BrokenCsv{"case,metric,value,better\na,t,5,up\n", 2, 7, "neither lower nor higher"},
           BrokenCsv{"case,name,time_ms\na,b,5\n", 1, 6, "two columns"},
           BrokenCsv{"case,metric,value,unit\na,t,5,x\na,t,5,y\n", 3, 5, "another unit above"},
       }) {
    SCOPED_TRACE(one.bytes);
    const auto report = read_report(one.bytes, "", "");
    ASSERT_FALSE(report.has_value());
    EXPECT_THAT(report.error().cause, HasSubstr(one.cause));
    EXPECT_EQ(report.error().line, one.line);
    EXPECT_EQ(report.error().column, one.column);
    EXPECT_FALSE(report.error().is_other_file);
  }
}

}  // namespace
}  // namespace perftrend::formats
