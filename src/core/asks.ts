import type { JsonObject, JsonSchema } from './json.js';
import type { ImageData } from './messages.js';

/**
 * What a server may ask in the middle of its work, as the rest of the program sees it: form or URL
 * (client/elicitation), a model's answer (client/sampling), folders (client/roots), a login
 * (basic/authorization). Types only. Texts are the server's, unchanged: whoever shows them sanitises.
 */
interface Asked {
  /** Unique in this run. */
  id: string;
  /** The configured id of the server that asks, never what it calls itself. */
  server: string;
}

export type ElicitationRequest = FormRequest | UrlRequest;

/** Values for a server; never for secrets (client/elicitation#security-considerations). */
export interface FormRequest extends Asked {
  mode: 'form';
  message: string;
  /** In the order of the schema; at most 100. */
  fields: readonly FormField[];
}

/** A page of the person's own browser. Nothing is fetched from it beforehand. */
export interface UrlRequest extends Asked {
  mode: 'url';
  message: string;
  /** Absolute, https (http on a loopback host), complete. */
  url: string;
  /** The host alone, as the URL has it: punycode stays punycode. */
  host: string;
}

/** One property of a form's schema (2025-11-25 `PrimitiveSchemaDefinition`). */
export type FormField = FieldBase &
  (
    | {
        kind: 'text';
        format?: 'email' | 'uri' | 'date' | 'date-time';
        minLength?: number;
        maxLength?: number;
        default?: string;
      }
    | { kind: 'number'; integer: boolean; minimum?: number; maximum?: number; default?: number }
    | { kind: 'boolean'; default?: boolean }
    | { kind: 'choice'; options: readonly FieldOption[]; default?: string }
    | {
        kind: 'choices';
        options: readonly FieldOption[];
        minItems?: number;
        maxItems?: number;
        default?: readonly string[];
      }
  );

interface FieldBase {
  name: string;
  title?: string;
  description?: string;
  required: boolean;
}

export interface FieldOption {
  value: string;
  /** What the person reads; the value itself when the server gives nothing else. */
  title: string;
}

export type ElicitationAnswer =
  /** `content` belongs to a form. */
  { action: 'accept'; content?: JsonObject } | { action: 'decline' } | { action: 'cancel' };

/** Rejects when the signal fires first, e.g. because the call that asks was cancelled. */
export type AskElicitation = (
  request: ElicitationRequest,
  signal: AbortSignal,
) => Promise<ElicitationAnswer>;

/** One turn of the model on behalf of a server. */
export interface SamplingRequest extends Asked {
  messages: readonly SamplingMessage[];
  systemPrompt?: string;
  /** As the server wants it; whoever answers has a limit of its own. */
  maxTokens: number;
  temperature?: number;
  stopSequences?: readonly string[];
  /** Names of models, the best first; advice. */
  modelHints: readonly string[];
  /** The server's own tools; it runs them itself. */
  tools: readonly SamplingTool[];
  toolChoice: 'auto' | 'required' | 'none';
}

export interface SamplingTool {
  name: string;
  description?: string;
  inputSchema: JsonSchema;
}

export interface SamplingMessage {
  role: 'user' | 'assistant';
  content: readonly SamplingContent[];
}

export type SamplingContent =
  | { type: 'text'; text: string }
  | { type: 'image'; image: ImageData }
  | { type: 'tool_use'; id: string; name: string; input: JsonObject }
  | { type: 'tool_result'; toolUseId: string; text: string; isError: boolean };

export interface SamplingAnswer {
  /** The model that answered. */
  model: string;
  content: readonly Extract<SamplingContent, { type: 'text' | 'tool_use' }>[];
  stopReason: 'endTurn' | 'maxTokens' | 'stopSequence' | 'toolUse';
}

/** Lets a model answer. Rejects with an `OstlerError`: `denied` when a person or the policy says no. */
export type AnswerSampling = (
  request: SamplingRequest,
  signal: AbortSignal,
) => Promise<SamplingAnswer>;

/** What a person is shown of a sampling request: before the model runs, and before its answer leaves. */
export type SamplingReview =
  | { stage: 'request'; request: SamplingRequest; model: string; maxTokens: number }
  | { stage: 'answer'; request: SamplingRequest; answer: SamplingAnswer };

export type SamplingVerdict =
  /** `text` takes the place of the answer's text. */
  | { kind: 'once'; text?: string }
  /** This server's further requests of this session need no question. */
  | { kind: 'session' }
  | { kind: 'deny' };

export type ReviewSampling = (
  review: SamplingReview,
  signal: AbortSignal,
) => Promise<SamplingVerdict>;

/** A folder a server may work in (client/roots). */
export interface Root {
  /** `file://` URI of an existing directory. */
  uri: string;
  name?: string;
}

/** Asks whether a server may be told of these folders. */
export type AskRoots = (
  request: Asked & { roots: readonly Root[] },
  signal: AbortSignal,
) => Promise<boolean>;

/** A person has to log in with a browser before a server lets the program in. */
export interface LoginRequest extends Asked {
  /** Absolute, https (http on a loopback host), complete; checked. */
  url: string;
  host: string;
  /** Where the browser is sent back to. */
  redirectUri: string;
}

export type LoginAnswer =
  /** Opens the URL in the browser; the redirect is awaited. */
  | { kind: 'open' }
  /** The person opens it elsewhere; the redirect is awaited, `redirected` is one that was pasted. */
  | { kind: 'manual'; redirected?: string }
  | { kind: 'cancel' };

export type AskLogin = (request: LoginRequest, signal: AbortSignal) => Promise<LoginAnswer>;
