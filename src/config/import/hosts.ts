import path from 'node:path';
import { homeOf } from '../home.js';

/** Programs whose servers can be taken over. */
export type HostName =
  | 'claude-desktop'
  | 'claude-code'
  | 'cursor'
  | 'vscode'
  | 'gemini'
  | 'mcphost';

export const HOST_NAMES: readonly HostName[] = [
  'claude-desktop',
  'claude-code',
  'cursor',
  'vscode',
  'gemini',
  'mcphost',
];

/** A file in which a host may keep servers. */
export interface HostFile {
  /** `file`: one that was named, of whatever host. */
  host: HostName | 'file';
  /** Absolute. */
  path: string;
}

export interface HostPlace {
  env: NodeJS.ProcessEnv;
  cwd: string;
  platform: NodeJS.Platform;
}

/** Where each host keeps its servers, the project's files before the person's. */
export function hostFiles(host: HostName, place: HostPlace): HostFile[] {
  const { cwd } = place;
  const home = homeOf(place.env);
  return pathsOf(host, { cwd, home, applications: applicationsOf(place, home), place }).map(
    (file) => ({ host, path: file }),
  );
}

interface Roots {
  cwd: string;
  home: string;
  /** Where applications keep their settings. */
  applications: string;
  place: HostPlace;
}

function pathsOf(host: HostName, { cwd, home, applications, place }: Roots): string[] {
  switch (host) {
    case 'claude-desktop':
      return [path.join(applications, 'Claude', 'claude_desktop_config.json')];
    case 'claude-code': {
      const moved = place.env['CLAUDE_CONFIG_DIR'];
      const own = moved === undefined || moved === '' ? home : path.resolve(cwd, moved);
      return [path.join(cwd, '.mcp.json'), path.join(own, '.claude.json')];
    }
    case 'cursor':
      return [path.join(cwd, '.cursor', 'mcp.json'), path.join(home, '.cursor', 'mcp.json')];
    case 'vscode':
      return [
        path.join(cwd, '.vscode', 'mcp.json'),
        ...['Code', 'Code - Insiders'].flatMap((name) => [
          path.join(applications, name, 'User', 'mcp.json'),
          path.join(applications, name, 'User', 'settings.json'),
        ]),
      ];
    case 'gemini':
      return [cwd, home].map((root) => path.join(root, '.gemini', 'settings.json'));
    case 'mcphost':
      return [cwd, home].flatMap((root) =>
        ['.mcphost.yml', '.mcphost.yaml', '.mcphost.json'].map((name) => path.join(root, name)),
      );
  }
}

function applicationsOf({ env, platform }: HostPlace, home: string): string {
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support');
  if (platform === 'win32') return env['APPDATA'] ?? path.join(home, 'AppData', 'Roaming');
  return env['XDG_CONFIG_HOME'] || path.join(home, '.config');
}
