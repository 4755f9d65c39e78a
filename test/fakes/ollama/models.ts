import type { FakeModel } from './types.js';

/** llama3.1's shape where it matters: tools stand in the last user message only, calls hide the text. */
export const LLAMA31_TEMPLATE = `{{- if or .System .Tools }}<|start_header_id|>system<|end_header_id|>
{{- if .System }}

{{ .System }}
{{- end }}<|eot_id|>
{{- end }}
{{- range $i, $_ := .Messages }}
{{- $last := eq (len (slice $.Messages $i)) 1 }}
{{- if eq .Role "user" }}<|start_header_id|>user<|end_header_id|>
{{- if and $.Tools $last }}

{{ range $.Tools }}{{ . }}
{{ end }}
{{- end }}

{{ .Content }}<|eot_id|>
{{- else if eq .Role "assistant" }}<|start_header_id|>assistant<|end_header_id|>
{{- if .ToolCalls }}{{ range .ToolCalls }}{"name": "{{ .Function.Name }}", "parameters": {{ .Function.Arguments }}}{{ end }}
{{- else }}{{ .Content }}{{- end }}<|eot_id|>
{{- else if eq .Role "tool" }}<|start_header_id|>ipython<|end_header_id|>

{{ .Content }}<|eot_id|>
{{- end }}
{{- end }}`;

export const PLAIN_TEMPLATE = `{{- if .Tools }}{{ .Tools }}{{ end }}{{ range .Messages }}<|im_start|>{{ .Role }}
{{ .Content }}<|im_end|>
{{ end }}<|im_start|>assistant`;

const NO_TOOLS_TEMPLATE = `{{ range .Messages }}<start_of_turn>{{ .Role }}
{{ .Content }}<end_of_turn>
{{ end }}`;

/** What a fresh fake has installed. */
export const DEFAULT_MODELS: readonly FakeModel[] = [
  {
    name: 'llama3.1:latest',
    capabilities: ['completion', 'tools'],
    template: LLAMA31_TEMPLATE,
    rendering: 'llama3.1',
    family: 'llama',
    parameterSize: '8.0B',
    quantization: 'Q4_K_M',
    size: 4_920_753_328,
    trainContext: 131_072,
  },
  {
    name: 'qwen3:4b',
    capabilities: ['completion', 'tools', 'thinking'],
    template: PLAIN_TEMPLATE,
    rendering: 'plain',
    family: 'qwen3',
    parameterSize: '4.0B',
    quantization: 'Q4_K_M',
    size: 2_620_788_019,
    trainContext: 40_960,
  },
  {
    name: 'gemma3:latest',
    capabilities: ['completion', 'vision'],
    template: NO_TOOLS_TEMPLATE,
    rendering: 'plain',
    family: 'gemma3',
    parameterSize: '4.3B',
    quantization: 'Q4_K_M',
    size: 3_338_801_804,
    trainContext: 131_072,
    numCtx: 8192,
  },
];

/** The installed model of that name; no tag means `:latest`. */
export function findModel(models: readonly FakeModel[], name: string): FakeModel | undefined {
  const full = name.includes(':') ? name : `${name}:latest`;
  return models.find((model) => model.name.toLowerCase() === full.toLowerCase());
}
