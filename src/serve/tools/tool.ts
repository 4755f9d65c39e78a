import { type Tool, ToolSchema } from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';

/** Who calls, and the signal that ends the call: cancelled by the client, or the session is over. */
export interface ToolContext {
  principal: string;
  signal: AbortSignal;
}

/** Plain text for the model; `isError` says that the tool failed, which the model gets to see. */
export interface ToolOutput {
  text: string;
  isError?: boolean;
}

/** A tool as `tools/list` shows it, and the call behind it. */
export interface SampleTool {
  readonly definition: Tool;
  /** Validates the arguments and runs. A tool's own failure is an output, not an exception. */
  call: (args: unknown, context: ToolContext) => Promise<ToolOutput>;
}

export interface ToolSpec<S extends z.ZodObject> {
  name: string;
  description: string;
  input: S;
  annotations: NonNullable<Tool['annotations']>;
  run: (args: z.infer<S>, context: ToolContext) => ToolOutput | Promise<ToolOutput>;
}

/** One zod object is both the schema that is shown and the check that is made. */
export function defineTool<S extends z.ZodObject>(spec: ToolSpec<S>): SampleTool {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(spec.input, { io: 'input' });
  return {
    definition: ToolSchema.parse({
      name: spec.name,
      description: spec.description,
      inputSchema: schema,
      annotations: spec.annotations,
    }),
    async call(args, context) {
      const parsed = spec.input.safeParse(args);
      if (!parsed.success) return { text: describe(spec.name, parsed.error), isError: true };
      return spec.run(parsed.data, context);
    },
  };
}

/** For the model: which argument is wrong and why, without the value. */
function describe(name: string, error: z.ZodError): string {
  const issues = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return `Invalid arguments for ${name}: ${issues.join('; ')}`;
}
