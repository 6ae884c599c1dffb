#include "runner/show/result.h"

#include <gtest/gtest.h>

#include "tests/support/fake_root.h"

namespace perftrend::runner {
namespace {

RunResult result() {
  junit::CaseReport functional;
  functional.name = "functional";
  junit::CaseReport performance;
  performance.name = "performance_consistency";
  performance.warnings = {"Prompt 0 prefill time is 300 % off\nreally"};
  return {"batch_prefill",
          "mock",
          "out.xml",
          {functional, performance},
          {{"a|b <i>", {{"prefill_ms", {10, 12, 11}}, {"tokenize_ms", {0.5}}}, {5, 5, 5}, {2, 2, 2}}},
          {MachineVerdict::noisy, {"load average 4.00", "a_b"}}};
}

TEST(ToJson, Golden) {
  EXPECT_EQ(to_json(result()), R"({"scenario":"batch_prefill","engine":"mock","report":"out.xml",)"
                               R"("machine":{"verdict":"noisy","reasons":["load average 4.00","a_b"]},)"
                               R"("cases":[{"name":"functional","outcome":"passed","message":"","warnings":[]},)"
                               R"({"name":"performance_consistency","outcome":"passed","message":"",)"
                               R"("warnings":["Prompt 0 prefill time is 300 % off\nreally"]}],)"
                               R"("prompts":[{"prompt":"a|b <i>","prompt_tokens":5,"generated_tokens":2,"metrics":)"
                               R"({"prefill_ms":{"median":11.0,"mad":1.0,"min":10.0,"p95":12.0,"n":3},)"
                               R"("tokenize_ms":{"median":0.5,"mad":0.0,"min":0.5,"p95":0.5,"n":1}}}]})"
                               "\n");
}

TEST(ToJson, InvalidUtf8IsReplaced) {
  RunResult odd = result();
  odd.samples[0].prompt.assign(1, '\xFF');
  EXPECT_NE(to_json(odd).find("\"prompt\":\"\xEF\xBF\xBD\""), std::string::npos);
}

TEST(ToMarkdown, Golden) {
  EXPECT_EQ(to_markdown(result()),
            "### batch\\_prefill on mock\n\n"
            "- functional: **passed**\n"
            "- performance\\_consistency: **passed**\n\n"
            "| # | prompt | metric | median | MAD | min | p95 | n |\n"
            "|--:|---|---|--:|--:|--:|--:|--:|\n"
            "| 0 | a\\|b \\<i\\> | tokenize | 0.50ms | 0ms | 0.50ms | 0.50ms | 1 |\n"
            "| 0 | a\\|b \\<i\\> | prefill | 11.00ms | 1.00ms | 10.00ms | 12.00ms | 3 |\n\n"
            "The machine was noisy: load average 4.00; a\\_b. Times never fail a build.\n\n"
            "- PERF-WARNING: Prompt 0 prefill time is 300 % off really\n\n");
}

TEST(ToMarkdown, WithoutTimesNoTableIsPrinted) {
  RunResult skipped = result();
  skipped.samples.clear();
  skipped.cases[1].status = CaseStatus::skipped;
  skipped.cases[1].message = "not requested";
  skipped.cases[1].warnings.clear();
  EXPECT_EQ(to_markdown(skipped),
            "### batch\\_prefill on mock\n\n- functional: **passed**\n"
            "- performance\\_consistency: **skipped**, not requested\n\n");
}

TEST(ToAnnotation, IsOneLineWhateverItSays) {
  EXPECT_EQ(to_annotation("300 % off\r\n::error::x"), "::warning title=perftrend::300 %25 off%0D%0A::error::x");
}

TEST(AppendTo, KeepsWhatIsThere) {
  const FakeRoot root;
  root.write("summary.md", "one\n");
  EXPECT_TRUE(append_to((root.path() / "summary.md").string(), "two\n"));
  EXPECT_EQ(root.read("summary.md"), "one\ntwo\n");
  EXPECT_FALSE(append_to((root.path() / "no/such.md").string(), "x"));
}

}  // namespace
}  // namespace perftrend::runner
