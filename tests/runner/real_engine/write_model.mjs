// Writes a small model file (GGUF version 3, architecture llama) with a made-up vocabulary and random weights: real
// work for a real engine, and nothing to download. Usage: node write_model.mjs FILE
// The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
import { writeFileSync } from "node:fs";

const shape = { layers: 2, width: 96, heads: 4, hidden: 192, context: 2048 };
const alignment = 32;
const magic = 0x46554747; // "GGUF"
const version = 3;
const types = { u32: 4, i32: 5, f32: 6, string: 8, array: 9 };
const tensorF32 = 0;
const tokenTypes = { normal: 1, unknown: 2, control: 3, byte: 6 };

/** Deterministic numbers in [-1, 1): the same model on every machine. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1);
  };
}

function vocabulary() {
  const tokens = [
    { text: "<unk>", type: tokenTypes.unknown },
    { text: "<s>", type: tokenTypes.control },
    { text: "</s>", type: tokenTypes.control },
  ];
  for (let byte = 0; byte < 256; ++byte)
    tokens.push({ text: `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`, type: tokenTypes.byte });
  // "\u2581" means a blank. The tokenizer joins neighbours that are a piece together, so every piece of two or
  // more letters is built from shorter ones.
  const letters = ["\u2581", ..."abcdefghijklmnopqrstuvwxyz"];
  const pieces = new Set(letters);
  for (const first of letters) for (const second of letters.slice(1)) pieces.add(first + second);
  for (const text of pieces) tokens.push({ text, type: tokenTypes.normal });
  return tokens.map((token, index) => ({ ...token, score: token.type === tokenTypes.normal ? -index : 0 }));
}

class Writer {
  #parts = [];
  bytes = 0;
  raw(buffer) {
    this.#parts.push(buffer);
    this.bytes += buffer.length;
  }
  u32(value) {
    const buffer = Buffer.alloc(4);
    buffer.writeUInt32LE(value);
    this.raw(buffer);
  }
  u64(value) {
    const buffer = Buffer.alloc(8);
    buffer.writeBigUInt64LE(BigInt(value));
    this.raw(buffer);
  }
  f32(value) {
    const buffer = Buffer.alloc(4);
    buffer.writeFloatLE(value);
    this.raw(buffer);
  }
  string(text) {
    const buffer = Buffer.from(text, "utf8");
    this.u64(buffer.length);
    this.raw(buffer);
  }
  value(type, value) {
    if (type === "string") this.string(value);
    else if (type === "f32") this.f32(value);
    else this.u32(value); // i32 here is never negative
  }
  entry(key, type, value) {
    this.string(key);
    if (Array.isArray(value)) {
      this.u32(types.array);
      this.u32(types[type]);
      this.u64(value.length);
      for (const each of value) this.value(type, each);
    } else {
      this.u32(types[type]);
      this.value(type, value);
    }
  }
  align() {
    this.raw(Buffer.alloc((alignment - (this.bytes % alignment)) % alignment));
  }
  whole() {
    return Buffer.concat(this.#parts);
  }
}

function tensors(vocabularySize) {
  const { width, hidden, layers } = shape;
  const list = [["token_embd.weight", [width, vocabularySize]]];
  for (let layer = 0; layer < layers; ++layer) {
    const of = (name, dimensions) => list.push([`blk.${layer}.${name}.weight`, dimensions]);
    of("attn_norm", [width]);
    for (const name of ["attn_q", "attn_k", "attn_v", "attn_output"]) of(name, [width, width]);
    of("ffn_norm", [width]);
    of("ffn_gate", [width, hidden]);
    of("ffn_up", [width, hidden]);
    of("ffn_down", [hidden, width]);
  }
  list.push(["output_norm.weight", [width]], ["output.weight", [width, vocabularySize]]);
  return list;
}

function weights(name, count, next) {
  const data = Buffer.alloc(count * 4);
  const isNorm = name.includes("norm");
  for (let i = 0; i < count; ++i) data.writeFloatLE(isNorm ? 1 : next() * 0.15, i * 4);
  return data;
}

function model() {
  const tokens = vocabulary();
  const list = tensors(tokens.length);
  const entries = [
    ["general.architecture", "string", "llama"],
    ["general.name", "string", "perftrend test model"],
    ["general.file_type", "u32", 0],
    ["llama.context_length", "u32", shape.context],
    ["llama.embedding_length", "u32", shape.width],
    ["llama.block_count", "u32", shape.layers],
    ["llama.feed_forward_length", "u32", shape.hidden],
    ["llama.attention.head_count", "u32", shape.heads],
    ["llama.attention.head_count_kv", "u32", shape.heads],
    ["llama.attention.layer_norm_rms_epsilon", "f32", 1e-5],
    ["llama.rope.dimension_count", "u32", shape.width / shape.heads],
    ["llama.vocab_size", "u32", tokens.length],
    ["tokenizer.ggml.model", "string", "llama"],
    ["tokenizer.ggml.tokens", "string", tokens.map((token) => token.text)],
    ["tokenizer.ggml.scores", "f32", tokens.map((token) => token.score)],
    ["tokenizer.ggml.token_type", "i32", tokens.map((token) => token.type)],
    ["tokenizer.ggml.unknown_token_id", "u32", 0],
    ["tokenizer.ggml.bos_token_id", "u32", 1],
    ["tokenizer.ggml.eos_token_id", "u32", 2],
  ];
  const file = new Writer();
  file.u32(magic);
  file.u32(version);
  file.u64(list.length);
  file.u64(entries.length);
  for (const [key, type, value] of entries) file.entry(key, type, value);
  let offset = 0;
  for (const [name, dimensions] of list) {
    file.string(name);
    file.u32(dimensions.length);
    for (const dimension of dimensions) file.u64(dimension);
    file.u32(tensorF32);
    file.u64(offset);
    const bytes = dimensions.reduce((product, dimension) => product * dimension, 4);
    offset += Math.ceil(bytes / alignment) * alignment;
  }
  const next = random(42);
  for (const [name, dimensions] of list) {
    file.align();
    file.raw(weights(name, dimensions.reduce((product, dimension) => product * dimension, 1), next));
  }
  return file.whole();
}

const [file] = process.argv.slice(2);
if (!file) throw new Error("usage: node write_model.mjs FILE");
writeFileSync(file, model());
