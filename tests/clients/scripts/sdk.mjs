// Drives a server with the official client of the generation before (1.x) and its tasks: SCENARIO TARGET [ID].
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CallToolResultSchema, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { say, textOf } from './say.mjs';

const [scenario, target, id] = process.argv.slice(2);
const command = target.startsWith('[') ? JSON.parse(target) : undefined;
const transport = command
  ? new StdioClientTransport({ command: command[0], args: command.slice(1) })
  : new StreamableHTTPClientTransport(new URL(target));
const client = new Client({ name: 'tests', version: '1.0.0' }, { capabilities: { elicitation: { form: {} } } });
client.setRequestHandler(ElicitRequestSchema, async () => ({ action: 'accept', content: { name: 'Ada' } }));
await client.connect(transport);
const { tools } = await client.listTools();
const { tasks } = client.experimental;

const follow = async (name, parameters, onTask) => {
  const seen = [];
  let task;
  for await (const message of tasks.callToolStream({ name, arguments: parameters }, CallToolResultSchema, { task: { ttl: 60_000 } })) {
    if (message.task) seen.push({ status: message.task.status, message: message.task.statusMessage });
    if (message.type === 'taskCreated') {
      task = message.task;
      if (await onTask?.(task)) return undefined;
    }
    if (message.type === 'result') return { seen, text: textOf(message.result), structured: message.result.structuredContent };
    if (message.type === 'error') return { seen, error: message.error.message, status: (await tasks.getTask(task.taskId)).status };
  }
};

const scenarios = {
  quick: async () => say({ text: textOf(await client.callTool({ name: 'greet', arguments: { name: 'Ada' } })) }),
  progress: async () => say(await follow('nap', { milliseconds: 600 })),
  ask: async () => say(await follow('ask', { milliseconds: 100 })),
  report: async () => say(await follow('report', { milliseconds: 200 })),
  cancel: async () => say(await follow('wait', {}, async (task) => void (await tasks.cancelTask(task.taskId)))),
  begin: async () => follow('hold', {}, async (task) => say({ id: task.taskId }) ?? true),
  resume: async () => say({ text: textOf(await tasks.getTaskResult(id, CallToolResultSchema)) }),
  // Without tasks: the client checks what it is answered against the schema that the tool gives.
  plain: async () => {
    const inTime = await client.callTool({ name: 'report', arguments: { milliseconds: 0 } });
    const handle = await client.callTool({ name: 'report', arguments: { milliseconds: 200, asyncTimeout: 20 } });
    const strict = await client.callTool({ name: 'report', arguments: { milliseconds: 200, asyncTimeout: 20, _async_strict: true } });
    const ended = await client.callTool({ name: 'job_wait', arguments: { id: handle.structuredContent.id } });
    const strictEnded = await client.callTool({ name: 'job_wait', arguments: { id: strict.structuredContent.id } });
    say({
      hasSchema: tools.find((tool) => tool.name === 'report').outputSchema !== undefined,
      inTime: inTime.structuredContent, status: handle.structuredContent.status, ended: ended.structuredContent.job,
      strict: { isError: strict.isError, code: strict.structuredContent.code, ended: strictEnded.structuredContent.job },
    });
  },
  // A client that gives up before the server has handed its call over.
  giveUp: async () => {
    const error = await client.callTool({ name: 'wait', arguments: {} }, undefined, { timeout: 300 }).catch((e) => e);
    // Its cancel is on the way, which the end of the connection would cut off.
    await client.ping();
    say({ error: error.message });
  },
};

await scenarios[scenario]();
await client.close();
