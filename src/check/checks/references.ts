import type { Reference } from '../../core/check-events.js';

const MCP = 'https://modelcontextprotocol.io/specification';
const RFC = 'https://www.rfc-editor.org/rfc';

/** A page of the MCP specification: `mcp('2025-11-25', 'basic/transports', 'session-management')`. */
export function mcp(revision: string, page: string, section?: string): Reference {
  const anchor = section === undefined ? '' : `#${section}`;
  const name = section === undefined ? '' : `, ${section.replaceAll('-', ' ')}`;
  return {
    title: `MCP ${revision} ${page.slice(page.lastIndexOf('/') + 1).replaceAll(/[-_]/g, ' ')}${name}`,
    url: `${MCP}/${revision}/${page}${anchor}`,
  };
}

/** A section of an RFC: `rfc(9110, '15.5.2')`. */
export function rfc(number: number, section?: string): Reference {
  return {
    title: `RFC ${number}${section === undefined ? '' : ` §${section}`}`,
    url: `${RFC}/rfc${number}${section === undefined ? '' : `#section-${section}`}`,
  };
}

export function cwe(number: number): Reference {
  return {
    title: `CWE-${number}`,
    url: `https://cwe.mitre.org/data/definitions/${number}.html`,
  };
}

export function cve(id: string): Reference {
  return { title: id, url: `https://www.cve.org/CVERecord?id=${id}` };
}
