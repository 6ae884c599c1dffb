#include "runner/show/summary.h"

#include <gtest/gtest.h>

#include "runner/show/progress.h"

namespace perftrend::runner {
namespace {

std::vector<PromptSamples> two_prompts() {
  return {{"Short",
           {{"tokenize_ms", {0.002, 0.004, 0.003}}, {"prefill_ms", {10.1, 10.3, 10.2}}, {"total_ms", {99}}},
           {5, 5, 5},
           {2, 2, 2}},
          {"A prompt\nof more than forty-eight bytes, cut before its end", {{"prefill_ms", {1234.5}}}, {9}, {2}}};
}

TEST(Summary, Golden) {
  EXPECT_EQ(summary_of(two_prompts(), false),
            "Prompt 0  \"Short\"  5 tokens in, 2 out\n"
            "  tokenize  0.003000 ms   MAD 0.001000   min 0.002000   p95 0.004000   n 3\n"
            "  prefill  10.200000 ms   MAD 0.100000   min 10.100000   p95 10.300000   n 3\n"
            "Prompt 1  \"A prompt of more than forty-eight bytes, cut bef...\"  9 tokens in, 2 out\n"
            "  prefill   1234.500 ms   MAD 0.000   min 1234.500   p95 1234.500   n 1\n");
}

TEST(Summary, ABlockHasTheUnitOfItsLongestTime) {
  EXPECT_EQ(summary_of({{"x", {{"tokenize_ms", {0.000745}}, {"prefill_ms", {0.0123}}}, {1}, {2}},
                        {"y", {{"tokenize_ms", {0.25}}, {"prefill_ms", {0.5}}}, {1}, {2}}},
                       false),
            "Prompt 0  \"x\"  1 tokens in, 2 out\n"
            "  tokenize     0.745 us   MAD 0.000   min 0.745   p95 0.745   n 1\n"
            "  prefill     12.300 us   MAD 0.000   min 12.300   p95 12.300   n 1\n"
            "Prompt 1  \"y\"  1 tokens in, 2 out\n"
            "  tokenize     0.250 ms   MAD 0.000   min 0.250   p95 0.250   n 1\n"
            "  prefill      0.500 ms   MAD 0.000   min 0.500   p95 0.500   n 1\n");
}

TEST(Summary, OfAProgramsCases) {
  EXPECT_EQ(summary_of({{"tests::batch prefill", {{"duration_ms", {150, 152, 151}}}, {}, {}, true},
                        {"pp64", {{"prefill_ms", {5.5}}, {"other_ms", {1}}}, {64}, {2}, true}},
                       false),
            "tests::batch prefill\n"
            "  duration   151.000 ms   MAD 1.000   min 150.000   p95 152.000   n 3\n"
            "pp64  64 tokens in, 2 out\n"
            "  prefill      5.500 ms   MAD 0.000   min 5.500   p95 5.500   n 1\n");
}

TEST(Summary, ColoursOnlyWhenAsked) {
  EXPECT_EQ(summary_of(two_prompts(), false).find('\x1b'), std::string::npos);
  EXPECT_NE(summary_of(two_prompts(), true).find("\x1b[1mPrompt 0\x1b[0m"), std::string::npos);
}

TEST(Summary, NeverCutsACharacter) {
  const std::string prompt = std::string(47, 'a') + "\xE2\x82\xAC" + "b";
  const std::string text = summary_of({{prompt, {}, {}, {}}}, false);
  EXPECT_NE(text.find(std::string(47, 'a') + "...\""), std::string::npos) << text;
}

/// What ProgressReporter writes in `style`.
std::string written(ProgressReporter::Style style) {
  std::FILE* file = std::tmpfile();
  {
    ProgressReporter progress(style, file);
    progress.say("begin");
    using Block = ProgressStep::Block;
    const std::vector<double> so_far{10.1, 10.3};
    progress.step({Block::warmup, 0, 2, 0, 3, nullptr});
    progress.step({Block::warmup, 0, 2, 1, 3, nullptr});
    progress.step({Block::tokenize, 0, 10, 0, 3, nullptr});
    progress.step({Block::prompts, 0, 10, 0, 3, nullptr});
    progress.step({Block::prompts, 5, 10, 2, 3, &so_far});
    progress.warn("careful");
  }
  std::rewind(file);
  std::string text(4096, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  EXPECT_EQ(std::fclose(file), 0);
  return text;
}

TEST(ProgressReporter, PlainLinesWithoutATerminal) {
  EXPECT_EQ(written(ProgressReporter::Style::plain),
            "begin\nwarm-up: 2 x 3 prompts\ntokenizing: 10 x 3 prompts\nmeasuring: 10 x 3 prompts\ncareful\n");
}

TEST(ProgressReporter, OneRewrittenLineOnATerminal) {
  EXPECT_EQ(written(ProgressReporter::Style::terminal),
            "begin\n"
            "\r\x1b[Kwarm-up [....................] round 1/2, prompt 1/3"
            "\r\x1b[Kwarm-up [###.................] round 1/2, prompt 2/3"
            "\r\x1b[Ktokenizing [....................] round 1/10, prompt 1/3"
            "\r\x1b[Kmeasuring [....................] round 1/10, prompt 1/3"
            "\r\x1b[Kmeasuring [###########.........] round 6/10, prompt 3/3, median 10.20ms"
            "\r\x1b[Kcareful\n");
}

TEST(ProgressReporter, WaitingIsPrintedTwiceAMinuteWithoutATerminal) {
  std::FILE* file = std::tmpfile();
  {
    ProgressReporter progress(ProgressReporter::Style::plain, file);
    for (int i = 0; i < 61; ++i)
      progress.wait("busy " + std::to_string(i));
  }
  std::rewind(file);
  std::string text(4096, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  EXPECT_EQ(std::fclose(file), 0);
  EXPECT_EQ(text, "busy 0\nbusy 30\nbusy 60\n");
}

TEST(ProgressReporter, OnGitHubAWarningAboutTimesIsAnAnnotation) {
  std::FILE* file = std::tmpfile();
  {
    ProgressReporter progress(ProgressReporter::Style::github, file);
    progress.say("begin");
    progress.warn("PERF-WARNING: 300 % off");
    progress.warn("upload failed");
  }
  std::rewind(file);
  std::string text(4096, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  EXPECT_EQ(std::fclose(file), 0);
  EXPECT_EQ(text, "begin\n::warning title=perftrend::PERF-WARNING: 300 %25 off\nupload failed\n");
}

TEST(ProgressReporter, SilentStillWarns) {
  EXPECT_EQ(written(ProgressReporter::Style::silent), "careful\n");
}

}  // namespace
}  // namespace perftrend::runner
