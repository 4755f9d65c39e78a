import { describe, expect, it } from 'vitest';
import { failure, loadServer } from './load-helper.js';

describe('logLevel', () => {
  it.each(['logLevel', 'log-level', 'log_level'])('is read as %s', async (key) => {
    const { server, warnings } = await loadServer({ command: 'x', [key]: 'warning' });
    expect(server.logLevel).toBe('warning');
    expect(warnings).toEqual([]);
  });

  it('is left to whoever listens when nothing is said', async () => {
    expect((await loadServer({ command: 'x' })).server).not.toHaveProperty('logLevel');
  });

  it('is one of eight', async () => {
    const { code, message } = await failure(loadServer({ command: 'x', logLevel: 'loud' }));
    expect(code).toBe('config_invalid');
    expect(message).toContain('logLevel');
  });
});
