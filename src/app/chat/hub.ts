import { stamp, type AgentEvent, type AgentEventBody } from '../../core/events.js';
import { toErrorInfo } from '../../core/errors.js';
import { redact } from '../../core/redact.js';

/** Where everything that happens outside of a prompt is told. */
export interface Hub {
  emit: (event: AgentEventBody) => void;
  /** A failure that ends nothing. */
  warn: (error: unknown) => void;
  say: (level: 'info' | 'warning', message: string, server?: string) => void;
  subscribe: (listener: (event: AgentEvent) => void) => () => void;
}

export function createHub(): Hub {
  const listeners = new Set<(event: AgentEvent) => void>();
  const emit = (body: AgentEventBody) => {
    const event = stamp(body);
    for (const listener of listeners) listener(event);
  };
  return {
    emit,
    warn: (error) => emit({ type: 'error', severity: 'warning', ...toErrorInfo(error) }),
    say(level, message, server) {
      const about = server === undefined ? {} : { server };
      emit({ type: 'log', level, message: redact(message), ...about });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
