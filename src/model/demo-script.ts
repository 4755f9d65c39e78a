import type { Script } from './script-types.js';

/** What the demo asks; its two tools are those of `ostler serve math`. */
export const DEMO_PROMPT =
  'This is Bob. We are doing math. Help us to add 2 and 3. BTW. Say hello to him';

/** `script:demo`: two calls in one turn, then an answer made of what the tools really returned. */
export const DEMO_SCRIPT: Script = {
  delay: 15,
  context: 8192,
  turns: [
    {
      when: 'add 2 and 3',
      call: [
        { tool: 'add_numbers', arguments: { number1: 2, number2: 3 } },
        { tool: 'say_hello', arguments: { name: 'Bob' } },
      ],
    },
    {
      say: 'The sum of 2 and 3, says the tool: {{result.add_numbers}}. And for Bob: {{result.say_hello}}',
    },
  ],
  fallback: {
    say: 'I am a script and not a model: I know one prompt only. Install Ollama (https://ollama.com) and run `ollama pull llama3.1` to talk to a real one.',
  },
};
