// Drives a server with the official client (2.x) that knows no tasks, in the current revision: SCENARIO TARGET.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { say, textOf } from './say.mjs';

const [scenario, target] = process.argv.slice(2);
const command = target.startsWith('[') ? JSON.parse(target) : undefined;
const transport = command
  ? new StdioClientTransport({ command: command[0], args: command.slice(1) })
  : new StreamableHTTPClientTransport(new URL(target));
const client = new Client(
  { name: 'tests', version: '1.0.0' },
  { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: { pin: '2026-07-28' } } });
client.setRequestHandler('elicitation/create', async () => ({ action: 'accept', content: { name: 'Ada' } }));
await client.connect(transport);
await client.listTools();
const call = (name, parameters, options) => client.callTool({ name, arguments: parameters }, options);

const scenarios = {
  ask: async () => say({ text: textOf(await call('ask', { milliseconds: 100 })) }),
  progress: async () => {
    const heard = [];
    const result = await call('nap', { milliseconds: 300 }, { onprogress: (progress) => heard.push(progress) });
    say({ text: textOf(result), heard });
  },
  plain: async () => {
    const inTime = await call('report', { milliseconds: 0 });
    const handle = await call('report', { milliseconds: 200, asyncTimeout: 20 });
    const ended = await call('job_wait', { id: handle.structuredContent.id });
    say({ inTime: inTime.structuredContent, status: handle.structuredContent.status, ended: ended.structuredContent.job });
  },
};

await scenarios[scenario]();
await client.close();
