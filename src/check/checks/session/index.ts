import type { Check } from '../../audit/types.js';
import { chosenId } from './chosen-id.js';
import { closedSession } from './closed-session.js';
import { endpointEvent } from './endpoint-event.js';
import { idQuality } from './id-quality.js';
import { listedIds } from './listed-ids.js';
import { manyStreams } from './many-streams.js';
import { foreignPost, foreignRequests } from './other-principal.js';
import { replayedEvents } from './replayed-events.js';
import { sameIds } from './same-ids.js';
import { unknownIds, withoutId } from './unknown.js';
import { noToken } from './without-credentials.js';

/** SESS-01 … SESS-13 */
export const SESSION_CHECKS: readonly Check[] = [
  idQuality,
  foreignPost,
  foreignRequests,
  noToken,
  withoutId,
  unknownIds,
  closedSession,
  chosenId,
  listedIds,
  sameIds,
  replayedEvents,
  endpointEvent,
  manyStreams,
];
