import { describe, expect, it } from 'vitest';
import { bytesPerToken, isSameModel } from '../../../../src/model/ollama-facts.js';

describe('what a token of context takes', () => {
  it('is 128 KiB for llama3.1 8B', () => {
    const info = {
      'general.architecture': 'llama',
      'llama.block_count': 32,
      'llama.attention.head_count': 32,
      'llama.attention.head_count_kv': 8,
      'llama.embedding_length': 4096,
    };
    expect(bytesPerToken(info)).toBe(128 * 1024);
  });

  it('is by the lengths of key and value, where they are told, and by the largest layer', () => {
    const info = {
      'general.architecture': 'gemma3',
      'gemma3.block_count': 10,
      'gemma3.attention.head_count': 8,
      'gemma3.attention.head_count_kv': [4, 1, 4],
      'gemma3.attention.key_length': 256,
      'gemma3.attention.value_length': 128,
      'gemma3.embedding_length': 9999,
    };
    expect(bytesPerToken(info)).toBe(10 * 4 * (256 + 128) * 2);
  });

  it.each([undefined, {}, { 'general.architecture': 'x' }, 'text'])(
    'is 0 when not told: %j',
    (info) => {
      expect(bytesPerToken(info)).toBe(0);
    },
  );
});

describe('names of models', () => {
  it.each([
    ['llama3.1', 'llama3.1:latest', true],
    ['llama3.1:8b', 'llama3.1', false],
    ['host:5000/a/b', 'host:5000/a/b:latest', true],
  ])('%s and %s', (a, b, same) => {
    expect(isSameModel(a, b)).toBe(same);
  });
});
