import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { createModernServer } from './modern.js';

/** A stdio server that only knows the 2026-07-28 revision. */
serveStdio(createModernServer, { legacy: 'reject' });
