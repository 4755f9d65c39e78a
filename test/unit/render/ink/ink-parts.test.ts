import { describe, expect, it } from 'vitest';
import { measureRows, RowOutput } from '../../../../src/render/ink/ink-parts.js';

describe("the parts that stand in for Ink's", () => {
  it('measure by columns, styles aside', () => {
    expect(measureRows('')).toEqual({ width: 0, height: 0 });
    expect(measureRows('\u001b[1mab\u001b[22m\n漢字x\n')).toEqual({ width: 5, height: 3 });
  });

  it('put texts below each other, and nothing beyond the last row', () => {
    const output = new RowOutput({ width: 20, height: 3 });
    output.write(0, 0, 'one  \ntwo', { transformers: [] });
    output.write(2, 2, 'three\nfour', { transformers: [(row, index) => `${row}${index}`] });
    expect(output.get()).toEqual({ output: 'one\ntwo\n  three0', height: 3 });
  });
});
