// Measures tokenize, prefill and generate of llama.cpp in this process, a JSON line a sample.
// Usage: node measure.mjs MODEL REPEATS WARMUP
import { getLlama, LlamaLogLevel } from "node-llama-cpp";

const [modelPath, repeats, warmup] = process.argv.slice(2);
const generateTokens = 2;
const prompts = [
  "short",
  "this is a medium length prompt",
  "this is a very long prompt that should still work correctly with prefill operations ".repeat(3),
];

const llama = await getLlama({
  gpu: false,
  build: "never",
  skipDownload: true,
  progressLogs: false,
  logLevel: LlamaLogLevel.error,
});
const model = await llama.loadModel({ modelPath, gpuLayers: 0 });
const context = await model.createContext({ contextSize: 1024, threads: 1 });
const sequence = context.getSequence();

/** One prompt in an empty context. */
async function measure(prompt, text) {
  await sequence.clearHistory();
  const start = performance.now();
  const tokens = model.tokenize(text);
  const tokenized = performance.now();
  let generated = 0;
  let first = 0;
  for await (const token of sequence.evaluate(tokens, { temperature: 0, yieldEogToken: true })) {
    if (token === undefined) break;
    if (++generated === 1) first = performance.now();
    if (generated === generateTokens) break;
  }
  const end = performance.now();
  return {
    prompt,
    prompt_tokens: tokens.length,
    generated_tokens: generated,
    tokenize_ms: tokenized - start,
    prefill_ms: first - tokenized,
    generate_ms: end - first,
    total_ms: end - start,
  };
}

for (let round = -Number(warmup); round < Number(repeats); ++round) {
  for (const [prompt, text] of prompts.entries()) {
    const sample = await measure(prompt, text);
    if (round >= 0) console.log(JSON.stringify(sample));
  }
}
await llama.dispose();
