import * as z from 'zod';
import { defineTool, type SampleTool } from './tool.js';

const annotations = { readOnlyHint: true, idempotentHint: true, openWorldHint: false };

export const mathTools: readonly SampleTool[] = [
  defineTool({
    name: 'say_hello',
    description: 'Say hello to a given person with his name',
    input: z.object({ name: z.string().describe('The name of the person') }),
    annotations,
    run: ({ name }) => ({ text: `Hello, ${name}!` }),
  }),
  defineTool({
    name: 'add_numbers',
    description: 'Add two numbers',
    input: z.object({
      number1: z.number().describe('The first number'),
      number2: z.number().describe('The second number'),
    }),
    annotations,
    run: ({ number1, number2 }) => ({ text: String(number1 + number2) }),
  }),
];
