/**
 * The floor of the chat: the least that can be done with Ink. One line that is typed into, and
 * nothing is asked, read or connected. `bench/lib/floor.ts` bundles it as ours is bundled.
 */
import { Box, render, Text, useInput } from 'ink';
import { useState } from 'react';
import { layoutReady } from '../../src/render/ink/layout-engine.js';

function App() {
  const [text, setText] = useState('');
  useInput((input, key) => {
    if (key.backspace || key.delete) setText((before) => before.slice(0, -1));
    else if (!key.ctrl && !key.meta && !key.return) setText((before) => before + input);
  });
  return (
    <Box flexDirection="column">
      <Text dimColor>minimal</Text>
      <Text>
        {'> '}
        {text}
      </Text>
    </Box>
  );
}

async function main(): Promise<void> {
  await layoutReady;
  render(<App />);
}

void main();
