using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>Runs a shell command; one that takes longer than its caller waits goes on as a job.</summary>
internal sealed class RunCommandTool(IJobClient jobs, Handles handles, IOptions<ErrandMcpOptions> options) : ErrandTool
{
    private const int TitleLength = 100;
    private static readonly string[] InputNames = ["command", "argv", "cwd", "env", "stdin", "shell", "expectedExitCodes"];
    private static readonly string[] OtherNames = ["title", "background", "asyncTimeout"];

    protected override string Name => "run_command";

    protected override string Description => """
        Runs a shell command and answers with its stdout, stderr and exit code. A command that takes longer than asyncTimeout is not stopped: it goes on in the
        background, and the answer has status "processing" and the id of its job, to be followed with job_wait, job_output and job_cancel.
        """;

    protected override string Schema => """
        {
          "type": "object",
          "properties": {
            "command": { "type": "string", "description": "A line for a shell. Give either this or argv." },
            "argv": { "type": "array", "items": { "type": "string" }, "minItems": 1, "description": "A program and its arguments, started without a shell." },
            "cwd": { "type": "string", "description": "The folder to run in: an absolute path. Default: the server's." },
            "env": { "type": "object", "additionalProperties": { "type": "string" }, "description": "Variables added to the server's environment." },
            "stdin": { "type": "string", "description": "What the command reads from its standard input. Default: nothing." },
            "shell": { "type": "string", "description": "The shell that is given the line by -c. Default: /bin/sh." },
            "expectedExitCodes": { "type": "array", "items": { "type": "integer" }, "minItems": 1, "description": "Exit codes that are no failure. Default: 0." },
            "title": { "type": "string", "description": "A line for people. Default: the command." },
            "background": { "type": "boolean", "description": "Hand over to the background at once. Default: false." },
            "asyncTimeout": { "type": "integer", "minimum": 1, "description": "How many milliseconds to wait before handing over to the background. Default: 50000." }
          },
          "additionalProperties": false
        }
        """;

    protected override bool IsReadOnly => false;

    protected override bool IsDestructive => true;

    protected override bool IsIdempotent => false;

    protected override bool IsOpenWorld => true;

    protected override async ValueTask<CallToolResult> RunAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        arguments.RefuseUnknown([.. InputNames, .. OtherNames]);
        var patience = arguments.AsyncTimeout() ?? options.Value.AsyncTimeout;
        var spec = new JobSpec("command", InputOf(arguments)) { Title = arguments.Text("title") ?? TitleOf(arguments) };
        if (arguments.Flag("background")) return await HandOverAsync(await jobs.SubmitAsync(spec, CancellationToken.None));
        var result = await jobs.CallAsync(spec, new() { AsyncTimeout = patience, OnAbandon = OnAbandon.Promote }, cancellationToken);
        return result.Outcome is { } outcome ? Plain(outcome) : await HandOverAsync(result.Job!);
    }

    private ValueTask<CallToolResult> HandOverAsync(Job job) => handles.AnswerAsync(job, null, options.Value.Detail, options.Value.Strict);

    private static CallToolResult Plain(JobOutcome outcome)
    {
        if (outcome.Result.IsNone)
            return Error(new(outcome.Error?.Code ?? "cancelled", outcome.Error?.Message ?? "The command was cancelled.", null, null));
        var result = outcome.Result.ToElement();
        return new()
        {
            Content = [new TextContentBlock { Text = TextOf(result) }],
            StructuredContent = result,
            IsError = outcome.Success ? null : true,
        };
    }

    private static string TextOf(JsonElement result)
    {
        string stdout = result.GetProperty("stdout").GetString()!, stderr = result.GetProperty("stderr").GetString()!;
        int exitCode = result.GetProperty("exitCode").GetInt32();
        string text = stderr.Length == 0 ? stdout : $"{stdout}{(stdout is [.., not '\n'] ? "\n" : "")}[stderr]\n{stderr}";
        string code = string.Create(CultureInfo.InvariantCulture, $"[exit code {exitCode}]");
        if (exitCode == 0 && text.Length > 0) return text;
        return text.Length == 0 ? code : $"{text}{(text is [.., '\n'] ? "" : "\n")}{code}";
    }

    /// <summary>The arguments that are the command's own, as the input of its job.</summary>
    private static JobData InputOf(ToolArguments arguments)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            foreach (string name in InputNames)
            {
                if (arguments.Find(name) is not { } value) continue;
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        return JobData.Trusted(buffer.WrittenMemory);
    }

    private static string? TitleOf(ToolArguments arguments)
    {
        string? line = arguments.Find("command") is { ValueKind: JsonValueKind.String } command ? command.GetString()
            : arguments.Find("argv") is { ValueKind: JsonValueKind.Array } argv ? string.Join(' ', argv.EnumerateArray())
            : null;
        line = line?.ReplaceLineEndings(" ").Trim();
        return line is { Length: > TitleLength } ? $"{line[..TitleLength]}…" : line;
    }
}
