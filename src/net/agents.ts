import http from 'node:http';
import type { Agent } from 'node:http';
import { proxyFor } from './proxy.js';
import type { NetOptions } from './types.js';

/** The way to one URL: the agent that holds its connections, and the proxy they go through. */
export interface Route {
  agent: Agent;
  proxy: string | undefined;
}

/** An idle connection is given up after this time, milliseconds: many servers close theirs after 5 s. */
const IDLE_MS = 4000;
const KEEP = { keepAlive: true, timeout: IDLE_MS } as const;

/** Agents are made at their first use and kept: one for http, one for https, or one a proxied origin. */
export function createRoutes(options: NetOptions): (url: URL) => Promise<Route> {
  const agents = new Map<string, Promise<Agent>>();
  return async (url) => {
    const proxy = proxyFor(url, process.env);
    const key = proxy === undefined ? url.protocol : `${proxy} ${url.origin}`;
    const agent = agents.get(key) ?? createAgent(url, proxy, options);
    agents.set(key, agent);
    return { agent: await agent, proxy };
  };
}

async function createAgent(
  url: URL,
  proxy: string | undefined,
  options: NetOptions,
): Promise<Agent> {
  if (proxy === undefined && url.protocol === 'http:') return new http.Agent(KEEP);
  const tls: { ca?: string[]; rejectUnauthorized?: boolean } = {};
  if (options.insecure === true) tls.rejectUnauthorized = false;
  if (options.ca !== undefined) {
    const { rootCertificates } = await import('node:tls');
    tls.ca = [...rootCertificates, options.ca];
  }
  if (proxy !== undefined) {
    const { createProxyAgent } = await import('./proxy.js');
    return createProxyAgent(url, proxy, tls);
  }
  const https = await import('node:https');
  return new https.Agent({ ...KEEP, ...tls });
}
