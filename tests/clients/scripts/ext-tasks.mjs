// Drives a server with the official client (2.x) and its tasks: SCENARIO ERA TARGET [ID]; the target is an address, or a command as a JSON array.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { createTaskSessionFromClient, toolDeclarationFromMcpTool } from '@modelcontextprotocol/ext-tasks/client';
import { say, textOf } from './say.mjs';

const [scenario, era, target, id] = process.argv.slice(2);
const clientInfo = { name: 'tests', version: '1.0.0' };
const capabilities = { elicitation: { form: {} } };
const current = '2026-07-28';
const modern = era === current;

// The client cannot send what tasks of 2026-07-28 look like; hosts are to send it over the same connection themselves.
const dispatchOver = (transport) => {
  const waiting = new Map();
  const deliver = transport.onmessage;
  let last = 0;
  transport.onmessage = (message, extra) => {
    const answer = message.method === undefined ? waiting.get(message.id) : undefined;
    if (answer === undefined) return deliver(message, extra);
    waiting.delete(message.id);
    answer(message.error ? { kind: 'error', error: message.error } : { kind: 'result', result: message.result });
  };
  return (request, options) => new Promise((resolve, reject) => {
    const number = `raw-${++last}`;
    waiting.set(number, resolve);
    options?.signal?.addEventListener('abort', () => waiting.delete(number) && reject(options.signal.reason));
    transport.send({ jsonrpc: '2.0', id: number, ...request }, { requestSignal: options?.signal }).catch(reject);
  });
};

const command = target.startsWith('[') ? JSON.parse(target) : undefined;
const transport = command
  ? new StdioClientTransport({ command: command[0], args: command.slice(1) })
  : new StreamableHTTPClientTransport(new URL(target));
const client = new Client(clientInfo, { capabilities, versionNegotiation: { mode: modern ? { pin: current } : 'legacy' } });
await client.connect(transport);

const session = createTaskSessionFromClient(client, {
  endpointId: 'errand',
  onInputRequest: async () => ({ action: 'accept', content: { name: 'Ada' } }),
  ...(modern
    ? { rawDispatch: dispatchOver(transport), v2RequestFraming: { protocolVersion: current, clientInfo, clientCapabilities: capabilities } }
    : {}),
});

const { tools } = await client.listTools();
// Tasks of 2025-11-25 must be asked for; in the current revision the server decides.
const begin = (tool, parameters, task = modern ? undefined : { preference: 'prefer' }) =>
  session.callTool(tool, parameters, { declaration: toolDeclarationFromMcpTool(tools.find((each) => each.name === tool)), task });

const settle = async (execution) => {
  const seen = [];
  const { outcome } = await execution.settle({
    onEvent: (event) => event.type === 'task' && seen.push({ status: event.task.status, message: event.task.statusMessage }),
  });
  say({
    kind: execution.kind, status: outcome.status, seen,
    text: outcome.result && textOf(outcome.result), structured: outcome.result?.structuredContent, error: outcome.error?.message,
  });
};

const scenarios = {
  quick: async () => settle(await begin('greet', { name: 'Ada' }, { preference: 'allow' })),
  progress: async () => settle(await begin('nap', { milliseconds: 600, asyncTimeout: 20 })),
  ask: async () => settle(await begin('ask', { milliseconds: 100, asyncTimeout: 20 })),
  report: async () => settle(await begin('report', { milliseconds: 200, asyncTimeout: 20 })),
  cancel: async () => {
    const execution = await begin('wait', { asyncTimeout: 20 });
    const settled = settle(execution);
    await execution.cancel();
    await settled;
  },
  begin: async () => {
    const execution = await begin('hold', { asyncTimeout: 20 });
    await execution.handoff((reference) => say({ kind: execution.kind, reference }));
  },
  resume: async () => settle(await session.resumeTask(JSON.parse(id))),
  // How soon a job of 50 ms that was handed over is seen finished, from the moment of the call.
  prompt: async () => {
    const times = [];
    for (let i = 0; i < 12; i++) {
      const from = performance.now();
      const execution = await begin('nap', { milliseconds: 50, asyncTimeout: 1 });
      await execution.settle();
      times.push({ kind: execution.kind, milliseconds: performance.now() - from });
    }
    // The first ones pay for the start of everything.
    const after = times.slice(2).map((each) => each.milliseconds).sort((a, b) => a - b);
    say({ kinds: [...new Set(times.map((each) => each.kind))], median: after[after.length >> 1], worst: after.at(-1) });
  },
};

await scenarios[scenario]();
await session.close();
await client.close();
